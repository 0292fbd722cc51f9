"""Create a job: everything is checked, then one conditional write makes it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from faceswap.contract.jobs import JobRequest
from faceswap.ports import Jobs, MediaBucket, Uploads
from faceswap.rules import ids
from faceswap.rules.addresses import ForbiddenUrlError, check_url
from faceswap.rules.errors import Fault, GoneError, IdempotencyMismatchError, InvalidError
from faceswap.rules.job import Consent, Deadlines, Job, LinkedMedia, Media, UploadedMedia
from faceswap.rules.media import PURPOSES, UPLOAD_PREFIX, Purpose
from faceswap.rules.uploads import Upload


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the owner of what is made, and the token's own subject for the consent record."""

    owner: str
    subject: str


@dataclass(frozen=True, slots=True)
class CreatedJob:
    """A job, and whether it was there before."""

    job: Job
    replayed: bool


class CreateJob:
    """Makes jobs. `new_bytes` gives 16 random ones."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        uploads: Uploads,
        media: MediaBucket,
        deadlines: Deadlines,
        allow_loopback: bool,
        clock: Callable[[], datetime],
        new_bytes: Callable[[], bytes],
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._media = media
        self._deadlines = deadlines
        self._allow_loopback = allow_loopback
        self._clock = clock
        self._new_bytes = new_bytes

    def run(self, request: JobRequest, caller: Caller, idempotency_key: str | None) -> CreatedJob:
        """Make one job, or give the one that this idempotency key made before.

        Raises:
            InvalidError: a media field names something that cannot be used; nothing is written.
            IdempotencyMismatchError: the key made a job out of another request.
            GoneError: the job that the key made was deleted.
        """
        request_hash = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        if idempotency_key is None:
            job_id = ids.job_id(self._new_bytes())
        else:
            job_id = ids.job_id_for_key(caller.owner, idempotency_key)
            existing = self._jobs.get(job_id)
            if existing:
                return _replay(existing, request_hash)
        now = self._clock()
        media, pending = self._inputs(request, caller.owner, now)
        self._note_users(media, pending, job_id)
        seconds = self._deadlines.upload if pending else self._deadlines.queue
        job = Job(
            job_id=job_id,
            owner=caller.owner,
            status="awaiting_upload" if pending else "queued",
            created_at=now,
            updated_at=now,
            queued_at=None if pending else now,
            deadline_at=now + timedelta(seconds=seconds),
            consent=Consent(statement=request.consent.statement, caller=caller.subject, at=now),
            media=media,
            output_format=request.output_format,
            watermark=request.watermark,
            client_reference=request.client_reference,
            request_hash=request_hash,
        )
        existing = self._jobs.create(job)
        if existing:
            return _replay(existing, request_hash)
        return CreatedJob(job, replayed=False)

    def _note_users(self, media: dict[Purpose, Media], pending: list[Upload], job_id: str) -> None:
        waiting = {upload.upload_id for upload in pending}
        for named in media.values():
            if isinstance(named, UploadedMedia):
                waits = named.upload_id in waiting
                self._uploads.add_user(named.upload_id, job_id, waits=waits)

    def _inputs(
        self, request: JobRequest, owner: str, now: datetime
    ) -> tuple[dict[Purpose, Media], list[Upload]]:
        """The three media, and the uploads among them that have not landed."""
        media: dict[Purpose, Media] = {}
        pending: list[Upload] = []
        faults: list[Fault] = []
        for purpose in PURPOSES:
            source: str = getattr(request, purpose)
            try:
                if source.startswith(UPLOAD_PREFIX):
                    record = self._upload(source.removeprefix(UPLOAD_PREFIX), owner, purpose)
                    if not self._has_landed(record, now):
                        pending.append(record)
                    media[purpose] = UploadedMedia(
                        upload_id=record.upload_id, key=record.key, sha256=record.sha256
                    )
                else:
                    url = check_url(source, allow_loopback=self._allow_loopback)
                    media[purpose] = LinkedMedia(url=url)
            except (ForbiddenUrlError, _UnusableError) as error:
                faults.append(Fault(pointer=f"#/{purpose}", detail=str(error)))
        if faults:
            raise InvalidError("A media field cannot be used.", faults)
        return media, pending

    def _upload(self, upload_id: str, owner: str, purpose: Purpose) -> Upload:
        record = self._uploads.get(upload_id) if ids.is_upload_id(upload_id) else None
        if record is None or record.owner != owner:
            raise _UnusableError("names no upload of yours")
        if record.purpose != purpose:
            raise _UnusableError(f"names an upload that was made for {record.purpose}")
        return record

    def _has_landed(self, record: Upload, now: datetime) -> bool:
        if self._media.find(record.key):
            return True
        if record.expires_at <= now:
            raise _UnusableError("names an upload whose presigned request expired unused")
        return False


class _UnusableError(ValueError):
    """An upload that cannot stand in a media field; the text says why, fit for a client."""


def _replay(existing: Job, request_hash: str) -> CreatedJob:
    if existing.erased_at:
        raise GoneError("The job of this Idempotency-Key was deleted.")
    if existing.request_hash != request_hash:
        raise IdempotencyMismatchError("This Idempotency-Key belongs to a job with another body.")
    return CreatedJob(existing, replayed=True)
