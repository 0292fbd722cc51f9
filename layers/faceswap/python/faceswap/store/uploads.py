"""Uploads by id: reserved, landed once, named by jobs, given up."""

from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from faceswap.ports.quotas import OverQuotaError
from faceswap.rules.times import to_text
from faceswap.rules.uploads import MOST_JOBS, StoredObject, Upload
from faceswap.store.dynamodb_items import attributes, model_of, plain
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from faceswap.rules.quotas import Quotas

_IS_THERE = Attr("pk").exists() & Attr("erased_at").not_exists()


class UploadStore:
    """Uploads by id, in the jobs table."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def create(
        self, upload: Upload, *, forget_at: datetime, quotas: "Quotas | None" = None
    ) -> None:
        """Store a new upload; the table forgets it some time after `forget_at`. With limits it is counted, too."""
        item = {"pk": upload_pk(upload.upload_id), "ttl": int(forget_at.timestamp())}
        fields = plain(upload)
        del fields["named_by"], fields["waiters"]
        whole = attributes(item | fields)
        if quotas and quotas.limits_uploads:
            self._create_counted(upload, whole, quotas)
        else:
            self._dynamodb.put_item(TableName=self._table, Item=whole)

    def _create_counted(
        self, upload: Upload, item: "Mapping[str, AttributeValueTypeDef]", quotas: "Quotas"
    ) -> None:
        from faceswap.rules.quotas import Usage
        from faceswap.store.transactions import write_together
        from faceswap.store.usage import count_upload, usage_in_day

        counted = count_upload(self._table, upload, quotas)
        hindered = write_together(
            self._dynamodb, [{"Put": {"TableName": self._table, "Item": item}}, counted]
        )
        if hindered is not None:
            usage = usage_in_day(hindered[1] or {})
            raise OverQuotaError(quotas.over(usage, Usage(uploads=1, upload_bytes=upload.size)))

    def get(self, upload_id: str) -> Upload | None:
        """The upload (consistent read), None if there is none."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": upload_pk(upload_id)}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return model_of(Upload, item) if item else None

    def add_user(self, upload_id: str, job_id: str, *, waits: bool) -> Upload | None:
        """Note that a job names this upload, and whether it waits for it.

        Called before that job exists, so that no landing is missed and no file is erased under it.

        Returns:
            The upload after that; None if it is there no more, or as many jobs name it as may.
        """
        named_by = Attr("named_by")
        may_name = named_by.not_exists() | named_by.contains(job_id) | named_by.size().lt(MOST_JOBS)
        noted = Update(_IS_THERE & may_name).add("named_by", {job_id})
        if waits:
            noted.add("waiters", {job_id})
        return self._update(upload_id, noted)

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        """Forget that a job names this upload, and the upload itself once none does.

        Returns:
            Whether the upload is forgotten: then its file is nobody's.
        """
        try:
            self._dynamodb.update_item(
                **_without(job_id).request(self._table, upload_pk(upload_id))
            )
            self._dynamodb.delete_item(
                TableName=self._table,
                Key={"pk": {"S": upload_pk(upload_id)}},
                ConditionExpression="attribute_not_exists(named_by)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return self.get(upload_id) is None
        return True

    def land(self, upload_id: str, landed: StoredObject) -> Upload | None:
        """Note what has landed, the first time.

        Returns:
            The upload after that; None if it is there no more, or has landed before.
        """
        is_first = _IS_THERE & Attr("landed").not_exists()
        return self._update(upload_id, Update(is_first).set("landed", plain(landed)))

    def verify(self, upload: Upload, landed: StoredObject) -> None:
        """Note the checksum of what has landed."""
        is_the_same = _IS_THERE & Attr("landed.etag").eq(landed.etag)
        self._update(upload.upload_id, Update(is_the_same).set("landed", plain(landed)))

    def renew(self, upload_id: str, until: datetime) -> None:
        """Note that a request for this upload was signed anew, and until when it is accepted."""
        self._update(upload_id, Update(_IS_THERE).set("expires_at", to_text(until)))

    def remove_waiters(self, upload_id: str, job_ids: frozenset[str]) -> None:
        """Forget that these jobs wait."""
        self._update(upload_id, Update(_IS_THERE).delete("waiters", set(job_ids)))

    def erase(self, upload: Upload, now: datetime) -> bool:
        """Give an upload up, as long as nobody has named it since it was read. Whether that was done."""
        named_by = Attr("named_by")
        unchanged = named_by.eq(set(upload.named_by)) if upload.named_by else named_by.not_exists()
        erased = Update(Attr("pk").exists() & unchanged).set("erased_at", to_text(now))
        for name in ("named_by", "waiters", "landed", "sha256"):
            erased.remove(name)
        return self._update(upload.upload_id, erased) is not None

    def _update(self, upload_id: str, update: Update) -> Upload | None:
        try:
            answer = self._dynamodb.update_item(
                **update.request(self._table, upload_pk(upload_id)), ReturnValues="ALL_NEW"
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return model_of(Upload, answer["Attributes"])


def _without(job_id: str) -> Update:
    is_there = Update(Attr("pk").exists())
    return is_there.delete("named_by", {job_id}).delete("waiters", {job_id})


def upload_pk(upload_id: str) -> str:
    """The table key of an upload."""
    return f"upload#{upload_id}"
