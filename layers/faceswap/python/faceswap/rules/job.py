"""What a job is and which changes of status are allowed. How it is stored is not told here."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from faceswap.rules import ids
from faceswap.rules.consent import (
    Consent,
    ConsentHmacs,
    ConsentReceipt,
    receipt_of,
)
from faceswap.rules.errors import Fault
from faceswap.rules.inbox import Manifest
from faceswap.rules.job_media import InboxMedia, Media, UploadedMedia
from faceswap.rules.media import Purpose
from faceswap.rules.reply import Remedy
from faceswap.rules.status import FINAL, ErrorType, Status
from faceswap.rules.stored import Stored
from faceswap.rules.times import Time

ProviderDeletion = Literal["done", "refused", "not_applicable"]
"""What became of asking the provider to delete what it keeps of a job; best effort."""

Callback = Literal["none", "event", "url", "outbox", "vendor"]
"""How whoever asked for a job is told of its end: not at all, by an event on the bus alone, by a POST to an address, by
an answer in the bucket (and at an address, if one was named), or by a POST as the vendor's contract has it; the last
three by an event, too."""
Change = Literal["status", "wake", "wait", "note"]


class Deadlines(NamedTuple):
    """How long a job may stay before it gives up, in seconds: see `OVERDUE`."""

    upload: int
    queue: int
    job: int


class Retention(NamedTuple):
    """For how many days a closed job is kept, and what is left of an erased one."""

    job_days: int
    receipt_days: int


class Evidence(Stored):
    """What a message of the provider said, kept until it is confirmed or needed.

    `is_tracked` says that it named this job by its track id, `remedy` what helps, if it told of a failure.
    """

    at: Time
    by: Literal["webhook", "submit"]
    is_tracked: bool = False
    request_id: str | None = None
    urls: tuple[str, ...] = ()
    text: str | None = None
    remedy: Remedy | None = None
    generation_time: float | None = None

    @property
    def essentials(self) -> "Evidence":
        """What is needed of it to find the job at the provider."""
        return Evidence(
            at=self.at, by=self.by, is_tracked=self.is_tracked, request_id=self.request_id
        )


class Result(Stored):
    """The archived video: its key, size in bytes and base64 SHA-256."""

    key: str
    size: int
    sha256: str
    content_type: str = "video/mp4"


class Failure(Stored):
    """Why a job failed; `upstream` are the provider's own words, sanitized, `errors` what is wrong with each medium."""

    type: ErrorType
    detail: str
    upstream: str | None = None
    errors: tuple[Fault, ...] | None = None


Family = Literal["faceswap", "deepfake"]
"""The two paths of the vendor's contract, the newer first."""


class VendorRequest(Stored):
    """What a job that was asked for by the vendor's contract needs beside: its number, and its track id as it was sent.

    `family` is the path by which it was asked for.
    """

    number: int
    track_id: int | str | None = None
    family: Family = "faceswap"


class Job(Stored):
    """A job as it is now.

    `version` counts changes of status, `wakeup_count` counts wake-ups. At `deadline_at` the job gives up
    in the status it has; `queued_at` is when it was queued, if not at once, `queue_tag` its place among those that wait
    for a slot; one that was refused at once polls itself, once, at `poll_at`. `refusals` counts those that the provider
    made while it took others, `refused_at` is the last one of any kind; `submit_after` is when it may be asked again.
    Whoever works for it is back before `due_at`, or dead; a closed job has none.
    Counters of failing fetches, copies and Collect tasks run since the moments beside them.
    `callback` is how its end is told, `callback_url` the address if one was named, which loses its query once it was
    told there (`callback_is_cut`), `manifest` what is answered in the outbox; `idempotency_key`, what it was asked for
    under, is kept for that only.
    `vendor` is there if it was asked for by the vendor's contract; `by_event` says that an event on the bus did.
    `consent_hmacs`, and what `media` were sent, are fixed when the job is sent. An erased job has no `consent`, and
    keeps the receipt of it as `erased_receipt`.
    `heard` are the kinds of messages that woke it although nothing of them was kept.
    `counted_on` is the UTC day among whose jobs it counts, `counted_open` says that it counts among its owner's jobs
    that are not over; neither is there where nothing limits that. `price` in `currency` is what the provider charges,
    as it was when the job was made; it counts as spent on the UTC day `spent_on`, from before the request until it is
    known that nothing was started.
    `result_hosts` are the hosts of links that the provider's own answers have named.
    `polls` counts the fetches that decided nothing, `unread_polls` those whose answer could not be understood,
    `last_unread` is the last such answer, also of a submit. A final job is *closed* (`closed_at`) when nobody has
    anything left to do about it; until then it is draining: `provider_done` says that the provider has nothing to do
    for it any more, `deletion_failures` counts its refusals to delete what it made. `executions` numbers the
    executions that worked for it.
    """

    job_id: str
    owner: str
    status: Status
    version: int = 1
    wakeup_count: int = 0
    created_at: Time
    updated_at: Time
    deadline_at: Time
    due_at: Time | None = None
    consent: Consent | None = None
    consent_hmacs: ConsentHmacs | None = None
    erased_receipt: ConsentReceipt | None = None
    media: dict[Purpose, Media]
    output_format: str = "mp4"
    watermark: bool = True
    client_reference: str | None = None
    request_hash: str | None = None
    idempotency_key: str | None = None
    callback: Callback = "none"
    callback_url: str | None = None
    callback_is_cut: bool = False
    by_event: bool = False
    manifest: Manifest | None = None
    vendor: VendorRequest | None = None

    queued_at: Time | None = None
    submit_after: Time | None = None
    queue_tag: str | None = None
    poll_at: Time | None = None
    refused_at: Time | None = None
    refusals: int = 0
    submitted_at: Time | None = None
    accepted_at: Time | None = None
    finished_at: Time | None = None
    closed_at: Time | None = None
    executions: int = 1
    task_token: str | None = None

    request_id: str | None = None
    eta_seconds: float | None = None
    generation_time: float | None = None
    evidence_immediate: Evidence | None = None
    evidence_succeeded: Evidence | None = None
    evidence_failed: Evidence | None = None
    evidence_pending: Evidence | None = None
    fetch_failures: int = 0
    fetch_failing_since: Time | None = None
    archive_failures: int = 0
    archive_failing_since: Time | None = None
    result_hosts: tuple[str, ...] = ()
    collect_failures: int = 0
    collect_failing_since: Time | None = None
    provider_done: bool = False
    deletion_failures: int = 0
    deletion_failing_since: Time | None = None
    polls: int = 0
    unread_polls: int = 0
    last_unread: str | None = None

    result: Result | None = None
    error: Failure | None = None
    erased_at: Time | None = None
    provider_deletion: ProviderDeletion | None = None
    counted_on: date | None = None
    counted_open: bool = False
    price: Decimal | None = None
    currency: str | None = None
    spent_on: date | None = None
    heard: frozenset[str] = frozenset()
    late_successes: int = 0
    late_request_id: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether its status will not change any more."""
        return self.status in FINAL

    @property
    def wakes(self) -> int:
        """How often the execution of a job that waits has woken: for a wake-up, and to poll."""
        return self.wakeup_count + (self.poll_at is not None)

    @property
    def may_be_woken(self) -> bool:
        """Whether a job that waits may be woken for a slot: each time its execution enters four states.

        For an upload and for a slot, so twice in all; once if it was refused.
        """
        return self.wakes < (1 if self.refused_at else 2)

    @property
    def is_counted(self) -> bool:
        """Whether something is counted of it."""
        return self.counts_from_the_start or self.price is not None

    @property
    def counts_from_the_start(self) -> bool:
        """Whether it counts among its owner's jobs; its price counts when it is sent."""
        return self.counted_on is not None or self.counted_open

    def changed(self, fields: Mapping[str, object], *, woken: bool) -> "Job":
        """The job as a write of these fields makes it; None stands for what a field is from the beginning."""
        known = type(self).model_fields
        values = {
            name: known[name].default if value is None else value
            for name, value in fields.items()
            if name in known
        }
        return self.model_copy(update=values | {"wakeup_count": self.wakeup_count + woken})

    @property
    def has_callback(self) -> bool:
        """Whether its end is told to somebody by us, not by an event alone."""
        return self.callback in {"url", "outbox", "vendor"}

    @property
    def is_draining(self) -> bool:
        """Whether it is over for its owner, while there is something left to do at the provider."""
        return self.is_final and self.closed_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its deadline has passed while it is not over."""
        return not self.is_final and now >= self.deadline_at

    @property
    def final_fields(self) -> dict[str, object]:
        """What a final write changes beside the status: no signed link and no message of the provider stays."""
        return {
            **self.known_request,
            "media": {purpose: media.redacted for purpose, media in self.media.items()},
            "evidence_immediate": None,
            "evidence_succeeded": None,
            "evidence_failed": None,
            "evidence_pending": None,
            # Said on our own connection: there is nothing left to wait for.
            "provider_done": True if self.evidence_immediate else None,
        }

    @property
    def stored(self) -> dict[Purpose, UploadedMedia | InboxMedia]:
        """The inputs that lie in the bucket."""
        return {
            purpose: media
            for purpose, media in self.media.items()
            if isinstance(media, UploadedMedia | InboxMedia)
        }

    @property
    def uploads(self) -> dict[Purpose, UploadedMedia]:
        """The inputs that are uploads."""
        return {
            purpose: media
            for purpose, media in self.media.items()
            if isinstance(media, UploadedMedia)
        }

    @property
    def consent_receipt(self) -> ConsentReceipt | None:
        """What the consent was about; None until the job is sent."""
        if self.consent is None or self.consent_hmacs is None:
            return self.erased_receipt
        records = {purpose: media.record for purpose, media in self.media.items()}
        inputs = {purpose: record for purpose, record in records.items() if record}
        result = self.result.sha256 if self.result else None
        return receipt_of(self.consent, self.created_at, self.consent_hmacs, inputs, result)

    @property
    def track_id(self) -> int:
        """The integer by which the provider's messages name this job."""
        return ids.track_id(self.job_id)

    @property
    def eta(self) -> datetime | None:
        """When the provider expects to be done, while that is of interest."""
        if self.status != "processing" or self.accepted_at is None or self.eta_seconds is None:
            return None
        return self.accepted_at + timedelta(seconds=self.eta_seconds)

    @property
    def known_request(self) -> dict[str, object]:
        """The provider's id as a write takes it before it strips the messages; nothing if it is not known here."""
        known = self.request_id or self.reported_request_id
        return {"request_id": known} if known else {}

    def evidence_to_keep(self, told: Mapping[str, Evidence]) -> dict[str, Evidence]:
        """What is kept of new messages: the first of each kind that names this job's own request.

        While the job's request is not known, the first of each kind stays that names the job by its track id. Of a
        final job's only the id is kept.
        """
        kept = {name: said for name, said in told.items() if self._is_news(name, said)}
        return {name: said.essentials for name, said in kept.items()} if self.is_final else kept

    def has_heard(self, kind: str, told: Mapping[str, Evidence]) -> bool:
        """Whether a message of this kind, nothing of which is kept, tells what was told before."""
        return kind in self.heard or any(
            known is not None and known.request_id == said.request_id
            for known, said in ((getattr(self, name), said) for name, said in told.items())
        )

    def _is_news(self, name: str, said: Evidence) -> bool:
        known: Evidence | None = getattr(self, name)
        if self.request_id is None:
            return known is None and said.is_tracked
        is_own = said.request_id == self.request_id
        return is_own and (known is None or known.request_id != self.request_id)

    @property
    def own_success(self) -> Evidence | None:
        """The message that told of this job's success, by the provider's own id for it."""
        return self._own(self.evidence_succeeded)

    @property
    def own_failure(self) -> Evidence | None:
        """The message that told of this job's failure, by the provider's own id for it."""
        return self._own(self.evidence_failed)

    def _own(self, told: Evidence | None) -> Evidence | None:
        is_own = told is not None and self.request_id is not None
        return told if is_own and told and told.request_id == self.request_id else None

    @property
    def reported_request_id(self) -> str | None:
        """The provider's id as a message told it: then something was started, whatever the submit's answer."""
        said = (self.evidence_succeeded, self.evidence_failed, self.evidence_pending)
        return next(
            (message.request_id for message in said if message and message.request_id), None
        )


_OPTIONAL = {"eta_seconds", "generation_time", "evidence_immediate", "last_unread"}


def essentials(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of a write without what a job can do without: what the provider told beside its id.

    For a write that the table refuses for its content, however often it is repeated.
    """
    kept = {name: value for name, value in fields.items() if name not in _OPTIONAL}
    for name, value in kept.items():
        if isinstance(value, Failure):
            kept[name] = value.model_copy(update={"upstream": None})
        elif isinstance(value, Evidence):
            kept[name] = value.essentials
    return kept
