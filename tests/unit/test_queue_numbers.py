"""How an owner's number is taken while many of his jobs begin to wait at once."""

from typing import Any

from botocore.exceptions import ClientError

from faceswap.rules.queue import OwnerNumbers
from faceswap.store.dynamodb_items import attributes
from faceswap.store.queue import QueueStore
from tests.support.samples import START


class OthersAreFaster:
    """A table on which each number that got free has just been taken by another, whoever wants it."""

    def __init__(self, known: OwnerNumbers) -> None:
        self.item: dict[str, Any] = attributes(known.model_dump())
        self.tries = 0

    def update_item(self, **request: Any) -> dict[str, Any]:
        self.tries += 1
        if "gaps" in request["ExpressionAttributeNames"].values():
            refused = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": self.item}
            raise ClientError(refused, "UpdateItem")  # type: ignore[arg-type]
        return {"Attributes": attributes({"last": 10})}


def test_who_loses_the_race_for_what_got_free_again_and_again_takes_the_next_number() -> None:
    table: Any = OthersAreFaster(OwnerNumbers(last=9, gaps=((0, 5),)))

    assert QueueStore(table, "jobs").number("me", 0, START) == 10
    assert table.tries == 2 * 10 + 1
