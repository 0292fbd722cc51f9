"""Uploads: reserved, never changed, except that jobs which wait for one are noted on it."""

from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from faceswap.rules.uploads import Upload
from faceswap.store.dynamodb_items import attributes, model_of, plain
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class UploadStore:
    """Uploads by id, in the jobs table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def create(self, upload: Upload, *, forget_at: datetime) -> None:
        """Store a new upload; the table forgets it some time after `forget_at`."""
        item = {"pk": _pk(upload.upload_id), "ttl": int(forget_at.timestamp())}
        fields = plain(upload)
        del fields["named_by"], fields["waiters"]
        self._dynamodb.put_item(TableName=self._table, Item=attributes(item | fields))

    def get(self, upload_id: str) -> Upload | None:
        """The upload (consistent read), None if there is none."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": _pk(upload_id)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return model_of(Upload, item) if item else None

    def add_user(self, upload_id: str, job_id: str, *, waits: bool) -> None:
        """Note that a job names this upload, and whether it waits for it.

        Called before that job exists, so that no landing is missed and no file is erased under it.
        """
        noted = Update(Attr("pk").exists()).add("named_by", {job_id})
        if waits:
            noted.add("waiters", {job_id})
        self._dynamodb.update_item(**noted.request(self._table, _pk(upload_id)))

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        """Forget that a job names this upload, and the upload itself once none does.

        Returns:
            Whether the upload is forgotten: then its file is nobody's.
        """
        forgotten = Update(Attr("pk").exists()).delete("named_by", {job_id})
        try:
            self._dynamodb.update_item(**forgotten.request(self._table, _pk(upload_id)))
            self._dynamodb.delete_item(
                TableName=self._table,
                Key={"pk": {"S": _pk(upload_id)}},
                ConditionExpression="attribute_not_exists(named_by)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return self.get(upload_id) is None
        return True


def _pk(upload_id: str) -> str:
    return f"upload#{upload_id}"
