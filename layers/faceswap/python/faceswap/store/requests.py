"""What is known when a job is asked for: one read of the table."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from faceswap.ports.jobs import Known
from faceswap.rules.job import Job
from faceswap.rules.uploads import Upload
from faceswap.store.dynamodb_items import items_of, model_of
from faceswap.store.job_writes import job_pk
from faceswap.store.uploads import upload_pk

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from faceswap.rules.quotas import OwnerDay


class RequestStore:
    """Reads a job and uploads together."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def read(
        self, job_id: str | None, upload_ids: Collection[str], usage_of: "OwnerDay | None" = None
    ) -> Known:
        """The job that there may be already, the uploads named, and what was counted (consistent), in one read."""
        keys = [job_pk(job_id)] if job_id else []
        keys += [upload_pk(upload_id) for upload_id in sorted(set(upload_ids))]
        if usage_of:
            from faceswap.store.usage import usage_in, usage_keys

            keys += usage_keys(usage_of)
        items = items_of(self._dynamodb, self._table, keys)
        job = items.get(job_pk(job_id)) if job_id else None
        uploads = {
            upload_id: model_of(Upload, items[upload_pk(upload_id)])
            for upload_id in upload_ids
            if upload_pk(upload_id) in items
        }
        usage = usage_in(items, usage_of) if usage_of else None
        return Known(model_of(Job, job) if job else None, uploads, usage)
