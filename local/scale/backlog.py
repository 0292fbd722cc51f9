"""The items of a backlog, as the stores write them: open jobs of many owners, and what one caller has."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from faceswap.rules import ids
from faceswap.rules.consent import Consent
from faceswap.rules.job import Job
from faceswap.rules.job_media import LinkedMedia, Media, UploadedMedia
from faceswap.rules.media import PURPOSES, Purpose, upload_key
from faceswap.rules.queue import tag_of
from faceswap.rules.times import to_text
from faceswap.rules.uploads import StoredObject, Upload
from faceswap.store.dynamodb_items import attributes
from faceswap.store.jobs import JobStore
from faceswap.store.queue import PARTITION, partition_of
from faceswap.store.uploads import UploadStore

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OWNERS, SLOTS, LISTED, OVERDUE = 1000, 10, 200, 100
CALLER = "caller"
"""Who asks: an owner with `LISTED` jobs that are over, and three uploads that have landed."""
_VIRTUAL_TIME = 100
_TOKEN = "t" * 640
_TYPES = {"init_video": "video/mp4", "init_image": "image/png", "reference_image": "image/png"}
_BYTES = 1000
_SPREAD = timedelta(milliseconds=100)


def job_id(name: object) -> str:
    """The id of a job of the backlog, by its number or name."""
    return ids.job_id(hashlib.sha256(f"job {name}".encode()).digest()[:16])


def waits(number: int) -> bool:
    """Whether this one of the open jobs stands in the queue; the others await their uploads."""
    return (number + number // OWNERS) % 2 == 0


def owner_of(number: int) -> str:
    """Whose job it is."""
    return f"owner-{number % OWNERS:04d}"


def processing(number: int) -> Job:
    """One of the jobs that have a slot."""
    began = NOW - timedelta(minutes=3)
    return _job(
        job_id(f"at the provider {number}"),
        f"owner-{number:04d}",
        status="processing",
        submitted_at=began,
        accepted_at=began,
        request_id=str(1000 + number),
        task_token=_TOKEN,
    )


def sources() -> dict[Purpose, str]:
    """How the caller names his uploads."""
    return {purpose: f"upload:{_upload_id(purpose)}" for purpose in PURPOSES}


def items(open_jobs: int, overdue: int) -> Iterator[Item]:
    """Everything that lies on the table.

    Args:
        open_jobs: half of them wait in the queue, half for their uploads; those with a slot come besides.
        overdue: how many of them nobody has looked after when it was due.
    """
    kept = _Kept()
    jobs = JobStore(cast("DynamoDBClient", kept), "")
    uploads = UploadStore(cast("DynamoDBClient", kept), "")
    yield _slots()
    for owner in [*(owner_of(number) for number in range(OWNERS)), CALLER]:
        yield attributes(
            {"pk": f"queue_owner#{owner}", "last": _VIRTUAL_TIME, "ttl": 2_000_000_000}
        )
    for purpose in PURPOSES:
        uploads.create(_upload(purpose), forget_at=NOW + timedelta(days=7))
        yield kept.item
    for number in range(SLOTS):
        jobs.create(processing(number))
        yield kept.item
    for number in range(LISTED):
        jobs.create(_over(number))
        yield kept.item
    left = overdue
    for number in range(open_jobs):
        is_overdue = left > 0 and not waits(number)
        left -= is_overdue
        jobs.create(_open(number, is_overdue=is_overdue))
        if waits(number):
            yield kept.item | {PARTITION: {"S": partition_of(job_id(number))}}
        else:
            yield kept.item


class _Kept:
    """Takes what a store writes, for the table to be filled with it."""

    def __init__(self) -> None:
        self.item: dict[str, Any] = {}

    def put_item(self, *, Item: dict[str, Any], **_: object) -> None:  # noqa: N803 - boto3's name
        self.item = Item


def _open(number: int, *, is_overdue: bool) -> Job:
    began = NOW - timedelta(hours=3) + number * _SPREAD / 10
    fields: dict[str, object] = {"created_at": began, "task_token": _TOKEN}
    if is_overdue:
        fields["due_at"] = NOW - timedelta(hours=1)
    if waits(number):
        tag = tag_of(_VIRTUAL_TIME + 1 + number // (2 * OWNERS), began)
        return _job(job_id(number), owner_of(number), status="queued", queue_tag=tag, **fields)
    return _job(job_id(number), owner_of(number), status="awaiting_upload", **fields)


def _over(number: int) -> Job:
    began = NOW - timedelta(days=1) + number * _SPREAD
    return _job(
        job_id(f"over {number}"),
        CALLER,
        status="succeeded",
        created_at=began,
        finished_at=began,
        closed_at=began,
        due_at=None,
    )


def _job(name: str, owner: str, **changes: object) -> Job:
    media: dict[Purpose, Media] = {
        purpose: UploadedMedia(key=upload_key(_upload_id(owner + purpose), purpose, kind))
        if purpose == "init_video"
        else LinkedMedia(url=f"https://media.example.com/{owner}/{purpose}.png")
        for purpose, kind in _kinds().items()
    }
    fields: dict[str, object] = {
        "job_id": name,
        "owner": owner,
        "created_at": NOW,
        "updated_at": NOW,
        "deadline_at": NOW + timedelta(days=1),
        "due_at": NOW + timedelta(days=1, minutes=15),
        "consent": Consent(statement="All who are shown agreed.", caller=owner),
        "media": media,
        "request_hash": hashlib.sha256(name.encode()).hexdigest(),
    }
    return Job.model_validate(fields | changes)


def _kinds() -> dict[Purpose, str]:
    return {purpose: _TYPES[purpose] for purpose in PURPOSES}


def _upload_id(name: str) -> str:
    return ids.upload_id(hashlib.sha256(f"upload {name}".encode()).digest()[:16])


def _upload(purpose: Purpose) -> Upload:
    name = _upload_id(purpose)
    return Upload(
        upload_id=name,
        owner=CALLER,
        purpose=purpose,
        content_type=_TYPES[purpose],
        size=_BYTES,
        key=upload_key(name, purpose, _TYPES[purpose]),
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        landed=StoredObject(size=_BYTES, etag="0" * 32),
    )


def _slots() -> Item:
    """All slots are taken, and it is known that somebody waits."""
    leases = {
        processing(number).job_id: to_text(NOW + timedelta(hours=1)) for number in range(SLOTS)
    }
    durations = {str(place): 200 + place for place in range(8)}
    return attributes(
        {
            "pk": "slots",
            "leases": leases,
            "handed": {},
            "durations": durations,
            "waiting_at": to_text(NOW),
            "virtual_time": _VIRTUAL_TIME,
        }
    )
