"""Jobs tables that no state machine looks after."""

from tests.support.world import World

_INDEXES = {
    "due_jobs": ("open", "due_at"),
    "owner_jobs": ("listed", "created_at"),
    "queued_jobs": ("queue", "queue_tag"),
}


def new_table(world: World, name: str) -> str:
    """A jobs table without a stream, with the template's indexes."""
    names = {"pk"}.union(*_INDEXES.values())
    world.aws("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in sorted(names)
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": order, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, (key, order) in _INDEXES.items()
        ],
    )
    return name
