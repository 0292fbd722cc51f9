"""Keys by id: one item a key, which holds the hash of its secret; an owner's stand in the index of owners' jobs."""

from typing import TYPE_CHECKING

from faceswap.rules.keys import ApiKey
from faceswap.store.dynamodb_items import attributes, items_of, model_of, plain

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_LISTED, _INDEX = "listed", "owner_jobs"
_PAGE = 100


class KeyStore:
    """Keys, in the jobs table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def create(self, key: ApiKey) -> None:
        """Store a new key; the same one again is fine."""
        item = {"pk": _pk(key.key_id), _LISTED: _listed(key.owner), **plain(key)}
        self._dynamodb.put_item(TableName=self._table, Item=attributes(item))

    def get(self, key_id: str) -> ApiKey | None:
        """The key as it is now (consistent read); None if there is none, or no longer."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": _pk(key_id)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return model_of(ApiKey, item) if item else None

    def of(self, owner: str) -> list[ApiKey]:
        """An owner's keys, the newest first; a new one may be missing for a moment, a revoked one is not among them."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_INDEX,
            KeyConditionExpression="#listed = :listed",
            ExpressionAttributeNames={"#listed": _LISTED},
            ExpressionAttributeValues=attributes({":listed": _listed(owner)}),
            ScanIndexForward=False,
            PaginationConfig={"PageSize": _PAGE},
        )
        found: list[ApiKey] = []
        for page in pages:
            pks = [item["pk"]["S"] for item in page["Items"]]
            items = items_of(self._dynamodb, self._table, pks)
            found += [model_of(ApiKey, items[pk]) for pk in pks if pk in items]
        return found

    def revoke(self, key_id: str, owner: str) -> bool:
        """Forget an owner's key. Whether there was one."""
        try:
            self._dynamodb.delete_item(
                TableName=self._table,
                Key={"pk": {"S": _pk(key_id)}},
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _pk(key_id: str) -> str:
    return f"key#{key_id}"


def _listed(owner: str) -> str:
    """A name in the index that is no owner's: none has such a sign."""
    return f"keys#{owner}"
