"""What is known of the inbox: the newest event of each manifest, and of each file which jobs name and wait for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from faceswap.ports.inbox import NewestManifest
from faceswap.rules.inbox import MOST_JOBS, Manifest, ordered
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef


class InboxStore:
    """Manifests and files by key, in the jobs table; each is forgotten some time after `forget_at`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def advance(
        self,
        manifest: Manifest,
        job_id: str | None,
        *,
        forget_at: datetime,
        refusal: str | None = None,
    ) -> bool:
        """Note the newest event of a manifest, and the job that is made of it, or the answer that refuses it."""
        newest, known = ordered(manifest.sequencer), Attr("sequencer")
        noted = Update(known.not_exists() | known.lte(newest))
        noted.set("sequencer", newest).set("ttl", int(forget_at.timestamp()))
        noted.set("job_id", job_id or "")
        noted.set("told_sequencer", manifest.sequencer).set("etag", manifest.etag)
        if refusal:
            noted.set("refusal", refusal)
        else:
            noted.remove("refusal")
        return self._write(noted, _manifest_pk(manifest.key))

    def newest(self, key: str) -> NewestManifest | None:
        """The newest writing of a manifest; None if nothing is known of it."""
        item = self._get(_manifest_pk(key))
        if item is None:
            return None
        manifest = Manifest(key=key, sequencer=item["told_sequencer"]["S"], etag=item["etag"]["S"])
        refusal = item["refusal"]["S"] if "refusal" in item else None
        return NewestManifest(manifest, item["job_id"]["S"] or None, refusal)

    def current(self, manifest: Manifest, job_id: str) -> Manifest | None:
        """The newest writing of the manifest if this job answers it; None if it is about another job, or none."""
        item = self._get(_manifest_pk(manifest.key))
        if item is None or item["sequencer"]["S"] < ordered(manifest.sequencer):
            return manifest
        if item["job_id"]["S"] != job_id:
            return None
        return Manifest(
            key=manifest.key, sequencer=item["told_sequencer"]["S"], etag=item["etag"]["S"]
        )

    def forget(self, manifest: Manifest) -> None:
        """Forget a manifest, unless something newer is known of it."""
        try:
            self._dynamodb.delete_item(
                TableName=self._table,
                Key={"pk": {"S": _manifest_pk(manifest.key)}},
                ConditionExpression="attribute_not_exists(pk) OR sequencer <= :known",
                ExpressionAttributeValues={":known": {"S": ordered(manifest.sequencer)}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # a newer one came meanwhile

    def add_user(self, key: str, job_id: str, *, waits: bool, forget_at: datetime) -> bool:
        """Note that a job names this file, and whether it waits for it. Whether as many may."""
        named_by = Attr("named_by")
        may_name = named_by.not_exists() | named_by.contains(job_id) | named_by.size().lt(MOST_JOBS)
        noted = Update(may_name).add("named_by", {job_id})
        noted.set("ttl", int(forget_at.timestamp()))
        if waits:
            noted.add("waiters", {job_id})
        return self._write(noted, _file_pk(key))

    def waiters(self, key: str) -> frozenset[str]:
        """The jobs that wait for this file."""
        item = self._get(_file_pk(key)) or {}
        return frozenset(item.get("waiters", {}).get("SS", []))

    def remove_waiters(self, key: str, job_ids: frozenset[str]) -> None:
        """Forget that these jobs wait."""
        self._write(Update(Attr("pk").exists()).delete("waiters", set(job_ids)), _file_pk(key))

    def remove_user(self, key: str, job_id: str) -> bool:
        """Forget that a job names this file, and the file once none does. Whether it is nobody's then."""
        left = Update(Attr("pk").exists())
        left.delete("named_by", {job_id}).delete("waiters", {job_id})
        self._write(left, _file_pk(key))
        try:
            self._dynamodb.delete_item(
                TableName=self._table,
                Key={"pk": {"S": _file_pk(key)}},
                ConditionExpression="attribute_not_exists(named_by)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _get(self, pk: str) -> "Mapping[str, AttributeValueTypeDef] | None":
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}}, ConsistentRead=True
        )
        return answer.get("Item")

    def _write(self, update: Update, pk: str) -> bool:
        try:
            self._dynamodb.update_item(**update.request(self._table, pk))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _manifest_pk(key: str) -> str:
    return f"manifest#{key}"


def _file_pk(key: str) -> str:
    return f"inbox_file#{key}"
