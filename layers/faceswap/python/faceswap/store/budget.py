"""What the stack spends, by UTC day: one item a day and currency, written with each job that is sent."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr

from faceswap.rules.budget import Budget
from faceswap.store.expressions import Update
from faceswap.store.usage import budget_pk, expiry_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class BudgetStore:
    """The budgets of days. `counted` is what is reserved less what the budget was raised by: one number to compare."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def on(self, day: date, currency: str) -> Budget:
        """What is reserved on a day in this currency, and by how much its budget was raised (consistent read)."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": budget_pk(day, currency)}}, ConsistentRead=True
        )
        item = answer.get("Item", {})
        return Budget(_amount(item, "reserved"), _amount(item, "raised"))

    def raise_by(self, day: date, currency: str, amount: Decimal) -> Budget:
        """Let so much more be spent on a day than the stack's budget; in the place of what was said before."""
        pk = budget_pk(day, currency)
        while True:
            before = self.on(day, currency).raised
            raised = Attr("raised")
            as_read = raised.eq(before) if before else raised.not_exists() | raised.eq(before)
            update = Update(as_read).set("raised", amount).add("counted", before - amount)
            update.set("ttl", expiry_of(day))
            try:
                self._dynamodb.update_item(**update.request(self._table, pk))
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                continue  # somebody else has raised it
            return self.on(day, currency)


def _amount(item: Any, name: str) -> Decimal:  # noqa: ANN401
    return Decimal(item.get(name, {}).get("N", 0))
