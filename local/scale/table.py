"""A jobs table by itself, with the template's indexes, and how it is filled."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from local.cost.units import INDEXES
from local.scale.backlog import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Entry = TypeVar("Entry")
_OF_A_REQUEST, _AT_ONCE = 25, 4


def new_table(dynamodb: "DynamoDBClient", name: str) -> str:
    """An empty table without a stream."""
    keys = {index: names[:2] for index, names in INDEXES.items()}
    names = {"pk"}.union(*keys.values())
    dynamodb.create_table(
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
            for index, (key, order) in keys.items()
        ],
    )
    return name


def fill(dynamodb: "DynamoDBClient", table: str, items: Iterable[Item]) -> None:
    """Put items in directly, as many at once as DynamoDB takes."""
    batches = _batches(items, _OF_A_REQUEST)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for some in _batches(batches, _AT_ONCE):
            list(threads.map(partial(_put, dynamodb, table), some))


def _put(dynamodb: "DynamoDBClient", table: str, some: list[Item]) -> None:
    wanted: Mapping[str, Any] = {table: [{"PutRequest": {"Item": item}} for item in some]}
    while wanted:
        wanted = dynamodb.batch_write_item(RequestItems=wanted)["UnprocessedItems"]


def _batches(each: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    left = iter(each)
    while some := list(islice(left, size)):
        yield some
