"""Which of an owner's secrets is the newest: a number, from which and the stack's secret they are derived."""

from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from faceswap.rules.callbacks import SECRET_OVERLAP, SecretNumber
from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import model_of
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class CallbackSecretStore:
    """Numbers of owners' secrets, in the jobs table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def number(self, owner: str) -> SecretNumber:
        """The newest; 0 for an owner who never asked for another."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": _pk(owner)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return model_of(SecretNumber, item) if item else SecretNumber()

    def raise_number(self, owner: str, now: datetime) -> SecretNumber | None:
        """Begin with another secret. None if the one before the newest is still in use."""
        rotated = Attr("rotated_at")
        is_alone = rotated.not_exists() | rotated.lte(to_text(now - SECRET_OVERLAP))
        raised = Update(is_alone).add("number", 1).set("rotated_at", to_text(now))
        try:
            answer = self._dynamodb.update_item(
                **raised.request(self._table, _pk(owner)), ReturnValues="ALL_NEW"
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return model_of(SecretNumber, answer["Attributes"])


def _pk(owner: str) -> str:
    return f"callback_secrets#{owner}"
