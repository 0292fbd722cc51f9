"""When each owner is due next: one item an owner, a number that only grows."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from faceswap.rules.rates import Rate
from faceswap.store.expressions import Update, item_of_refusal

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_DUE = "due_ms"
_KEPT = timedelta(hours=1)


class RateStore:
    """Holds owners to a rate: one write for who asks seldom, two for who has asked in the last seconds."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, rate: Rate) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._rate = rate

    def take(self, owner: str, now: datetime) -> int | None:
        """Count one request. None if it is admitted; else after how many seconds it would be."""
        moment, due, rate = int(now.timestamp() * 1000), Attr(_DUE), self._rate
        anew = Update(due.not_exists() | due.lte(moment)).set(_DUE, moment + rate.interval)
        ahead = self._write(anew.set("ttl", int((now + _KEPT).timestamp())), owner)
        if ahead is None:
            return None
        if ahead <= rate.latest(moment):
            one_more = Update(due.lte(rate.latest(moment))).add(_DUE, rate.interval)
            ahead = self._write(one_more, owner)
        return None if ahead is None else rate.seconds_to_wait(ahead, moment)

    def _write(self, update: Update, owner: str) -> int | None:
        """None if it was written; else the number that stood in the way."""
        try:
            self._dynamodb.update_item(
                **update.request(self._table, f"rate#{owner}"),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return int(item_of_refusal(error).get(_DUE, {}).get("N", 0))
        return None
