"""Jobs tables that no state machine looks after."""

from tests.support.world import World

_INDEXES = {"open_jobs": "open", "owner_jobs": "listed"}


def new_table(world: World, name: str) -> str:
    """A jobs table without a stream, with the template's indexes."""
    names = ("pk", "created_at", *_INDEXES.values())
    world.aws("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "created_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, key in _INDEXES.items()
        ],
    )
    return name
