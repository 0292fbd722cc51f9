"""When each owner is due next: one item an owner, a number that only grows."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr
from botocore.config import Config
from botocore.exceptions import ClientError

from faceswap.ports.jobs import BusyError
from faceswap.rules.rates import Rate
from faceswap.store.expressions import Update, item_of_refusal

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

RATES_CONFIG = Config(retries={"total_max_attempts": 2})
"""A write that is throttled is hardly tried again: whoever waits for that holds a process meanwhile."""

_DUE = "due_ms"
_KEPT = timedelta(hours=1)
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
"""How DynamoDB says that it takes no more writes of an item, of a table or of the account for now."""


class RateStore:
    """Holds owners to a rate: one write for who asks seldom, two for who has asked in the last seconds."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, rate: Rate) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._rate = rate

    def take(self, owner: str, now: datetime) -> datetime | None:
        """Count one request. None if it is admitted; else when one more would be, at the earliest.

        Raises:
            BusyError: the table takes no more writes for now.
        """
        moment, due, rate = int(now.timestamp() * 1000), Attr(_DUE), self._rate
        forget_at = int((now + _KEPT).timestamp())
        anew = Update(due.not_exists() | due.lte(moment)).set(_DUE, moment + rate.interval)
        ahead = self._write(anew.set("ttl", forget_at), owner)
        if ahead is None:
            return None
        if ahead <= rate.latest(moment):
            one_more = Update(due.lte(rate.latest(moment))).add(_DUE, rate.interval)
            ahead = self._write(one_more.set("ttl", forget_at), owner)
        return None if ahead is None else rate.admits_at(ahead)

    def _write(self, update: Update, owner: str) -> int | None:
        """None if it was written; else the number that stood in the way."""
        try:
            self._dynamodb.update_item(
                **update.request(self._table, f"rate#{owner}"),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _THROTTLED:
                raise BusyError("the table takes no more writes for now") from error
            return int(item_of_refusal(error).get(_DUE, {}).get("N", 0))
        return None
