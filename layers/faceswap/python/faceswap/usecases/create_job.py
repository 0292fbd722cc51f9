"""Create a job: everything is checked, then one conditional write makes it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from faceswap.contract.jobs import JobRequest
from faceswap.ports.inbox import Inbox
from faceswap.ports.jobs import Jobs, Requests
from faceswap.ports.uploads import Uploads
from faceswap.rules import ids
from faceswap.rules.addresses import ForbiddenUrlError, check_url
from faceswap.rules.consent import Consent
from faceswap.rules.errors import Fault, GoneError, IdempotencyMismatchError, InvalidError
from faceswap.rules.inbox import MOST_JOBS as MOST_JOBS_OF_A_FILE
from faceswap.rules.inbox import SOURCE_PREFIX, Manifest, MediaPathError, forms, media_key
from faceswap.rules.job import Callback, Deadlines, Job, VendorRequest
from faceswap.rules.job_media import InboxMedia, LinkedMedia, Media, UploadedMedia
from faceswap.rules.media import PURPOSES, UPLOAD_PREFIX, Purpose
from faceswap.rules.next_step import TIME_TO_ACT
from faceswap.rules.times import to_text
from faceswap.rules.uploads import MOST_JOBS, Upload
from faceswap.usecases.find_input import FindInput
from faceswap.usecases.find_upload import FindUpload

if TYPE_CHECKING:
    from faceswap.usecases.keep_quotas import KeepQuotas


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the owner of what is made, and of the token, for the consent record, its subject, id and login time."""

    owner: str
    subject: str
    token_id: str | None = None
    auth_time: str | None = None


@dataclass(frozen=True, slots=True)
class CreatedJob:
    """A job, and whether it was there before."""

    job: Job
    replayed: bool


class IdTakenError(Exception):
    """An id that was drawn is another job's, and nothing was written: draw again."""


class CreateJob:
    """Makes jobs. `new_bytes` gives 16 random ones; who names files of the inbox is known for `inbox_retention`.

    With `keep_quotas` owners are held to their limits. `price` is what the provider charges for a job, and in which
    currency: it is fixed on each.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        requests: Requests,
        uploads: Uploads,
        find_upload: FindUpload,
        inbox: Inbox,
        find_input: FindInput,
        inbox_retention: timedelta,
        deadlines: Deadlines,
        allow_loopback: bool,
        clock: Callable[[], datetime],
        new_bytes: Callable[[], bytes],
        keep_quotas: "KeepQuotas | None" = None,
        price: tuple[Decimal, str] | None = None,
    ) -> None:
        self._price = price
        self._keep_quotas = keep_quotas
        self._jobs = jobs
        self._requests = requests
        self._uploads = uploads
        self._find_upload = find_upload
        self._inbox = inbox
        self._find_input = find_input
        self._inbox_retention = inbox_retention
        self._deadlines = deadlines
        self._allow_loopback = allow_loopback
        self._clock = clock
        self._new_bytes = new_bytes

    def run(
        self,
        request: JobRequest,
        caller: Caller,
        idempotency_key: str | None,
        *,
        callback: Callback = "none",
        manifest: Manifest | None = None,
        vendor: VendorRequest | None = None,
    ) -> CreatedJob:
        """Make one job, or give the one that this idempotency key made before.

        `callback` is how whoever asked is told of the end; one who names an address is told there, too. Only a request
        by a `manifest` may name files of the inbox. The number of a `vendor` request gives the job its id.

        Raises:
            IdTakenError: without an idempotency key, the id that the job was to have is another's.
            InvalidError: a media field names something that cannot be used; nothing is written.
            IdempotencyMismatchError: the key made a job out of another request.
            GoneError: the job that the key made was deleted.
            QuotaError: the owner is at a limit, and the key has made no job before; nothing is written.
        """
        # Without defaults: a field that a later version adds changes no hash.
        # The vendor's body says nothing of consent: another key of the owner's may have other words.
        unsaid = {"consent"} if vendor else None
        canonical = request.model_dump_json(exclude_defaults=True, exclude=unsaid)
        request_hash = hashlib.sha256(canonical.encode()).hexdigest()
        keyed = idempotency_key is not None
        job_id = self._job_id(caller.owner, idempotency_key, vendor)
        now = self._clock()
        counted = self._keep_quotas.of(caller.owner, now) if self._keep_quotas else None
        known = self._requests.read(job_id if keyed else None, _upload_ids(request), counted)
        if known.job:
            return _replay(known.job, request_hash)
        if self._keep_quotas and known.usage:
            if keyed and self._keep_quotas.is_over(known.usage):
                # Its twin may have been made after the job was read, and before the counters were.
                twin = self._jobs.get(job_id)
                if twin:
                    return _replay(twin, request_hash)
            self._keep_quotas.check_job(known.usage, now)
        media, pending, callback_url = self._inputs(request, caller.owner, manifest, known.uploads)
        pending = self._note_users(media, pending, job_id)
        seconds = self._deadlines.upload if pending else self._deadlines.queue
        job = Job(
            job_id=job_id,
            owner=caller.owner,
            status="awaiting_upload" if pending else "queued",
            created_at=now,
            updated_at=now,
            deadline_at=now + timedelta(seconds=seconds),
            due_at=now + TIME_TO_ACT,
            consent=_consent(request, caller),
            media=media,
            output_format=request.output_format,
            watermark=request.watermark,
            client_reference=request.client_reference,
            request_hash=request_hash,
            idempotency_key=idempotency_key,
            callback="url" if callback_url and callback in {"none", "event"} else callback,
            callback_url=callback_url,
            by_event=callback == "event",
            manifest=manifest,
            vendor=vendor,
            price=self._price[0] if self._price else None,
            currency=self._price[1] if self._price else None,
        )
        if self._keep_quotas:
            job = self._keep_quotas.marked(job, now)
            existing = self._keep_quotas.create_job(job, now)
        else:
            existing = self._jobs.create(job)
        if existing and not keyed and to_text(existing.created_at) != to_text(now):
            raise IdTakenError
        if existing:
            return _replay(existing, request_hash)
        return CreatedJob(job, replayed=False)

    def _job_id(self, owner: str, idempotency_key: str | None, vendor: VendorRequest | None) -> str:
        if vendor:
            return ids.job_id_for_number(owner, vendor.number)
        if idempotency_key is not None:
            return ids.job_id_for_key(owner, idempotency_key)
        return ids.job_id(self._new_bytes())

    def _note_users(
        self, media: dict[Purpose, Media], pending: set[Purpose], job_id: str
    ) -> set[Purpose]:
        """Note on each upload that the job names it. Returns which of them have not landed even now."""
        still_pending = set(pending)
        for purpose, named in media.items():
            if isinstance(named, InboxMedia):
                self._note_user(named, purpose, job_id, waits=purpose in pending)
                # Only now: whoever lands it later finds who waits.
                if purpose in pending and self._find_input.in_inbox(named, purpose).landed:
                    still_pending.discard(purpose)
            if not isinstance(named, UploadedMedia):
                continue
            record = self._uploads.add_user(named.upload_id, job_id, waits=purpose in pending)
            if record is None:
                # What was noted on the others stays: another request may be making this very job of them.
                detail = f"names an upload that {MOST_JOBS} jobs name already, or that was given up"
                raise _invalid([Fault(pointer=f"#/{purpose}", detail=detail)])
            if record.landed:
                still_pending.discard(purpose)
        return still_pending

    def _note_user(self, named: InboxMedia, purpose: Purpose, job_id: str, *, waits: bool) -> None:
        """Note on a file of the inbox that the job names it, under each key under which it may lie."""
        forget_at = self._clock() + self._inbox_retention
        for key in forms(named.key).keys:
            if not self._inbox.add_user(key, job_id, waits=waits, forget_at=forget_at):
                detail = f"names a file that {MOST_JOBS_OF_A_FILE} jobs name already"
                raise _invalid([Fault(pointer=f"#/{purpose}", detail=detail)])

    def _inputs(
        self,
        request: JobRequest,
        owner: str,
        manifest: Manifest | None,
        uploads: Mapping[str, Upload],
    ) -> tuple[dict[Purpose, Media], set[Purpose], str | None]:
        """The three media, which of them have not landed in the bucket, and where the end is to be told."""
        now = self._clock()
        media: dict[Purpose, Media] = {}
        pending: set[Purpose] = set()
        faults: list[Fault] = []
        for purpose in PURPOSES:
            source: str = getattr(request, purpose)
            try:
                if source.startswith(UPLOAD_PREFIX):
                    upload_id = source.removeprefix(UPLOAD_PREFIX)
                    record = self._upload(upload_id, owner, purpose, uploads)
                    if not _has_landed(record, now):
                        pending.add(purpose)
                    media[purpose] = UploadedMedia(key=record.key)
                elif manifest and source.startswith(SOURCE_PREFIX):
                    path = source.removeprefix(SOURCE_PREFIX)
                    named = InboxMedia(key=media_key(owner, path, purpose))
                    if not self._has_landed_in_inbox(named, purpose):
                        pending.add(purpose)
                    media[purpose] = named
                else:
                    url = check_url(source, allow_loopback=self._allow_loopback)
                    media[purpose] = LinkedMedia(url=url)
            except (ForbiddenUrlError, MediaPathError, _UnusableError) as error:
                faults.append(Fault(pointer=f"#/{purpose}", detail=str(error)))
        callback_url = None
        if request.callback:
            try:
                callback_url = check_url(request.callback.url, allow_loopback=self._allow_loopback)
            except ForbiddenUrlError as error:
                faults.append(Fault(pointer="#/callback/url", detail=str(error)))
        if faults:
            raise _invalid(faults)
        return media, pending, callback_url

    def _has_landed_in_inbox(self, named: InboxMedia, purpose: Purpose) -> bool:
        found = self._find_input.in_inbox(named, purpose)
        if found.mismatch:
            raise _UnusableError(f"names a file that {found.mismatch}")
        return found.landed is not None

    def _upload(
        self, upload_id: str, owner: str, purpose: Purpose, uploads: Mapping[str, Upload]
    ) -> Upload:
        record = self._find_upload.run(upload_id, uploads) if upload_id in uploads else None
        if record is None or record.owner != owner:
            raise _UnusableError("names no upload of yours")
        if record.purpose != purpose:
            raise _UnusableError(f"names an upload that was made for {record.purpose}")
        return record


def _upload_ids(request: JobRequest) -> set[str]:
    """The uploads that a request names, as far as they can be ones."""
    sources = [getattr(request, purpose) for purpose in PURPOSES]
    named = {each.removeprefix(UPLOAD_PREFIX) for each in sources if each.startswith(UPLOAD_PREFIX)}
    return {upload_id for upload_id in named if ids.is_upload_id(upload_id)}


class _UnusableError(ValueError):
    """An upload that cannot stand in a media field; the text says why, fit for a client."""


def _has_landed(record: Upload, now: datetime) -> bool:
    if len(record.named_by) >= MOST_JOBS:
        raise _UnusableError(f"names an upload that {MOST_JOBS} jobs name already")
    if record.mismatch:
        raise _UnusableError(f"names an upload that {record.mismatch}")
    if record.landed is None and record.expires_at <= now:
        raise _UnusableError("names an upload whose presigned request expired unused")
    return record.landed is not None


def _invalid(faults: list[Fault]) -> InvalidError:
    return InvalidError("Something that the request names cannot be used.", faults)


def _consent(request: JobRequest, caller: Caller) -> Consent:
    return Consent(
        statement=request.consent.statement,
        terms=request.consent.terms,
        subject=request.consent.subject,
        caller=caller.subject,
        token_id=caller.token_id,
        auth_time=caller.auth_time,
    )


def _replay(existing: Job, request_hash: str) -> CreatedJob:
    if existing.erased_at:
        raise GoneError("The job of this Idempotency-Key was deleted.")
    if existing.request_hash != request_hash:
        raise IdempotencyMismatchError("This Idempotency-Key belongs to a job with another body.")
    return CreatedJob(existing, replayed=True)
