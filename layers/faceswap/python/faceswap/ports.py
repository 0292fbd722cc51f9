"""What use cases need of the world, as Protocols with just the methods that are called.

`store`, `provider` and `egress` implement them on AWS and HTTP, `tests/fakes` in memory; both pass the same contract
tests. An implementation raises what a method names here, and whatever its transport raises when that fails.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from pydantic import BaseModel

from faceswap.rules.callbacks import (
    Answer,
    CallbackMessage,
    Delivery,
    Outcome,
    SecretNumber,
    Try,
)
from faceswap.rules.inbox import Manifest
from faceswap.rules.job import Evidence, Job, ProviderDeletion, Status
from faceswap.rules.queue import AdmissionState, HoldReason, Waiting
from faceswap.rules.reply import Reply
from faceswap.rules.uploads import StoredObject, Upload

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from faceswap.rules.budget import Budget
    from faceswap.rules.keys import ApiKey
    from faceswap.rules.quotas import OwnerDay, PolicyName, Quotas, Usage


class Position(NamedTuple):
    """A place in an owner's list of jobs: behind this one."""

    created_at: str
    job_id: str


class Page(NamedTuple):
    """Some jobs of a list, and where it goes on, if it does."""

    jobs: list[Job]
    following: Position | None


class RefusedContentError(Exception):
    """The table takes no such write, however often it is repeated: a value or the size is beyond its bounds."""


class OverQuotaError(Exception):
    """Nothing was written, as the owner is over these limits."""

    def __init__(self, violated: "Sequence[PolicyName]") -> None:
        super().__init__(", ".join(violated))
        self.violated = violated


class OverBudgetError(Exception):
    """Nothing was written, as the job would go beyond the stack's budget of the day."""


class BusyError(Exception):
    """Nothing was written, as others have written the same again and again meanwhile: try again."""


class Wakeup(NamedTuple):
    """A job after somebody meant to wake it, and whether that was counted: then whoever sleeps has to rise."""

    job: Job
    is_counted: bool


class Jobs(Protocol):
    """Jobs by id. Each change is one conditional write (architecture, rules 2 and 3)."""

    def get(self, job_id: str) -> Job | None:
        """The job as it is now, None if there is none.

        Raises:
            ValueError: what is stored is no job.
        """

    def create(self, job: Job, quotas: "Quotas | None" = None) -> Job | None:
        """Store a new job. None if done; else the job that already has this id, untouched.

        What `counted_on` and `counted_open` say is counted in the same write, within these limits.

        Raises:
            OverQuotaError: a limit is reached, and no job has this id.
            BusyError: others count for the same owner all the time.
        """

    def move(
        self,
        job: Job,
        to: Status,
        now: datetime,
        *,
        wake: bool = False,
        unless_woken: bool = False,
        **changes: object,
    ) -> Job | None:
        """Change the status, from the one that `job` shows.

        Args:
            job: as read; a job that has moved since is left alone.
            to: the new status.
            now: becomes `updated_at`.
            wake: also count a wake-up.
            unless_woken: leave a job alone that was woken since it was read, too.
            changes: fields of Job; None removes one. A job that gets a `closed_at` loses its task token.

        Returns:
            The job as it is after the change, or None if it has moved since it was read.

        A job that ends gives back what was counted of it, in the same write (`rules.counting`).

        Raises:
            BusyError: others count for the same owner all the time.
            ValueError: a job does not change from its status to that one.
            RefusedContentError: the table does not even take the write without its optional fields.
        """

    def begin(
        self, job: Job, now: datetime, daily_budget: "Decimal | None", **changes: object
    ) -> Job | None:
        """Change the status to `submitting`, the last thing before the request. Returns and raises as `move` does.

        Args:
            job: as read.
            now: becomes `updated_at`.
            daily_budget: within this the stack may spend the job's price today, or as much more as somebody has said.
            changes: fields of Job.

        Raises:
            OverBudgetError: the job's price would go beyond the budget.
        """

    def note(self, job: Job, **changes: object) -> Job | None:
        """Keep the books on a job that stays in its status. Returns and raises as `move` does."""

    def close(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        """Nobody has anything left to do about a final job.

        Args:
            job: as read; one that was woken since is left alone.
            now: becomes `closed_at`.
            deletion: what became of asking the provider to delete; None if nobody asked.

        Returns:
            The job as it is after the change, or None if it was woken or changed since it was read.
        """

    def reopen(self, job_id: str, request_id: str | None = None) -> None:
        """A closed job that was erased has something left at the provider, perhaps under an id that is news."""

    def wake(
        self,
        job_id: str,
        *,
        only_in: Status | None = None,
        once: str | None = None,
        **evidence: Evidence,
    ) -> Wakeup | None:
        """Count a wake-up and keep what a message said (`evidence_…` fields).

        A job in another status than `only_in` is left alone; one in that status is due at once. A message of the kind
        `once` counts if it brings evidence that is kept, or is the first of its kind; a repetition is nothing.

        The first message of a kind stays; one that names another request id than the job's is not kept. Of what is
        said about a draining job only the id is kept.

        Returns:
            The job after the write, or as it is if nothing was written; None if there is none.

        Raises:
            RefusedContentError: the table does not even take the write with the essentials of what was said.
        """

    def erase(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        """Strip a final job of all but what an audit needs, and count a wake-up. Returns as `move` does.

        A job that was closed or woken since it was read is left alone, too: then there is more to be known of it.
        """

    def note_answer(self, job_id: str, request_id: str | None, *, provider_done: bool) -> None:
        """Keep what became known at the provider of a job that has ended, and count a wake-up."""

    def give_back_price(self, sent: Job) -> None:
        """The provider began nothing of a job that has ended since it was sent: its price is not spent any more.

        Once; a job of which the provider has spoken is left alone.
        """

    def count_late_success(self, job_id: str, request_id: str | None) -> None:
        """A success came for a job that is final: count it and keep its id, change nothing else."""

    def cut_callback(self, job: Job) -> None:
        """Keep the address of a job's callback without its query, unless the job was erased meanwhile."""


class JobLists(Protocol):
    """Lists of jobs; they may lag behind."""

    def page(self, owner: str, limit: int, after: Position | None) -> Page:
        """An owner's jobs, newest first, at most `limit`, from behind a position on."""

    def due(self, now: datetime) -> Iterator[str]:
        """The ids of jobs that are not closed, and that nobody has looked after when it was due; may lag behind.

        The most overdue comes first.
        """


class Uploads(Protocol):
    """Uploads by id."""

    def create(
        self, upload: Upload, *, forget_at: datetime, quotas: "Quotas | None" = None
    ) -> None:
        """Store a new upload; it is forgotten some time after `forget_at`. With limits it is counted in the same write.

        Raises:
            OverQuotaError: a limit is reached.
            BusyError: others count for the same owner all the time.
        """

    def get(self, upload_id: str) -> Upload | None:
        """The upload as it is now, None if there is none."""

    def add_user(self, upload_id: str, job_id: str, *, waits: bool) -> Upload | None:
        """Note that a job names this upload, and whether it waits for it.

        Returns:
            The upload after that; None if it is there no more, or as many jobs name it as may.
        """

    def land(self, upload_id: str, landed: StoredObject) -> Upload | None:
        """Note what has landed, the first time.

        Returns:
            The upload after that; None if it is there no more, or has landed before.
        """

    def verify(self, upload: Upload, landed: StoredObject) -> None:
        """Note the checksum of what has landed."""

    def renew(self, upload_id: str, until: datetime) -> None:
        """Note that a request for this upload was signed anew, and until when it is accepted."""

    def remove_waiters(self, upload_id: str, job_ids: frozenset[str]) -> None:
        """Forget that these jobs wait."""

    def erase(self, upload: Upload, now: datetime) -> bool:
        """Give an upload up: what still lands is nobody's. Whether it was done: not if one named it meanwhile."""

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        """Forget that a job names this upload, and the upload once none does. Whether its file is nobody's then."""


class Known(NamedTuple):
    """What a request for a job finds: the job that its key made before, and the uploads that are there, by id.

    `usage` is what was counted of its owner, where that was asked for.
    """

    job: Job | None
    uploads: Mapping[str, Upload]
    usage: "Usage | None" = None


class Budgets(Protocol):
    """What the stack spends, by UTC day."""

    def on(self, day: "date") -> "Budget":
        """What is reserved on a day, and by how much its budget was raised."""

    def raise_by(self, day: "date", amount: "Decimal") -> "Budget":
        """Let so much more be spent on a day than the stack's budget; in the place of what was said before."""


class Rates(Protocol):
    """How fast owners ask."""

    def take(self, owner: str, now: datetime) -> int | None:
        """Count one request. None if it is admitted; else it is not counted: after how many seconds it would be."""


class Requests(Protocol):
    """What is known when a job is asked for."""

    def read(
        self, job_id: str | None, upload_ids: Collection[str], usage_of: "OwnerDay | None" = None
    ) -> Known:
        """The job that there may be already, and the uploads that are named, as they are now, in one read.

        With `usage_of` also what was counted then.
        """


class Usages(Protocol):
    """What has been counted of owners."""

    def of(self, counted: "OwnerDay") -> "Usage":
        """What has been counted of an owner: of his jobs that are not over now, of the rest on that day."""


@dataclass(frozen=True, slots=True)
class PresignedRequest:
    """A request to the bucket that anybody may send: to `url`, with exactly these headers."""

    url: str
    headers: dict[str, str]


class NewestManifest(NamedTuple):
    """The newest writing of a manifest: the job that was made of it, or else the answer that says why there is none."""

    manifest: Manifest
    job_id: str | None
    refusal: str | None


class Inbox(Protocol):
    """What is known of the inbox: the newest event of each manifest, and who names and waits for each file."""

    def advance(
        self,
        manifest: Manifest,
        job_id: str | None,
        *,
        forget_at: datetime,
        refusal: str | None = None,
    ) -> bool:
        """Note the newest event of a manifest, and the job that is made of it, or the answer that refuses it.

        Returns:
            Whether it is the newest: not if a newer one was noted before.
        """

    def newest(self, key: str) -> NewestManifest | None:
        """The newest writing of a manifest; None if nothing is known of it."""

    def current(self, manifest: Manifest, job_id: str) -> Manifest | None:
        """The newest writing of the manifest if this job answers it; None if it is about another job, or none."""

    def forget(self, manifest: Manifest) -> None:
        """Forget a manifest, unless something newer is known of it."""

    def add_user(self, key: str, job_id: str, *, waits: bool, forget_at: datetime) -> bool:
        """Note that a job names this file, and whether it waits for it. Whether as many may."""

    def waiters(self, key: str) -> frozenset[str]:
        """The jobs that wait for this file."""

    def remove_waiters(self, key: str, job_ids: frozenset[str]) -> None:
        """Forget that these jobs wait."""

    def remove_user(self, key: str, job_id: str) -> bool:
        """Forget that a job names this file, and the file once none does. Whether it is nobody's then."""


class Readable(Protocol):
    """Something that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size`; empty at the end."""


class UnreadableObjectError(Exception):
    """An object that is archived, or encrypted with a key that is not ours to use."""


class MediaBucket(Protocol):
    """Objects by key."""

    def presign_upload(self, upload: Upload, seconds: int) -> PresignedRequest:
        """A request that can put exactly this upload, once: its key, type, size and, if announced, checksum."""

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        """A link that reads the object, or its headers, for so many seconds."""

    def find(self, key: str) -> StoredObject | None:
        """The object, None if it has not landed or is gone."""

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        """Store what `content` yields; if reading it raises, nothing is stored."""

    def read(self, key: str, etag: str, max_bytes: int, at: int = 0) -> bytes | None:
        """At most so many bytes of an object, from one on; None if it is gone, or has another content.

        Raises:
            UnreadableObjectError: the bucket does not give it out, whoever asks how often.
        """

    def sha256(self, key: str, etag: str) -> str | None:
        """The SHA-256 (base64) of an object's content, read through; None if it is gone, or has another content.

        Raises:
            TimeoutError: it could not be read through in time.
            UnreadableObjectError: the bucket does not give it out, whoever asks how often.
        """

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store something small, in the place of what lies there."""

    def copy(self, source: str, target: str) -> bool:
        """Store an archived video once more, in the place of what lies there. Whether there is one."""

    def written_at(self, key: str) -> datetime | None:
        """When the object was written, to the second; None if that is not known, or it is gone."""

    def delete(self, key: str, etag: str | None = None) -> None:
        """Remove an object, with `etag` only while it has this content; one that is not there is fine."""

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        """Remove every object whose key begins so, but the one to keep."""


class Part(NamedTuple):
    """A part that lies in the bucket: its number, counted from 1, its bytes, and what names its content."""

    number: int
    size: int
    etag: str


class PartsRequest(NamedTuple):
    """A request about an upload's parts: what it does, to which multipart upload, and to which part."""

    does: Literal["create", "part", "list", "complete", "abort"]
    multipart_id: str = ""
    number: int = 0


class MultipartUploads(Protocol):
    """Objects that are sent in parts."""

    def begin(self, upload: Upload) -> str:
        """Let parts of this upload be sent. Returns the id of what they make."""

    def presign(self, upload: Upload, asked: PartsRequest, seconds: int) -> PresignedRequest:
        """A request about parts of this upload: a part has exactly its length, what is complete replaces nothing."""

    def arrived(self, key: str, multipart_id: str) -> list[Part] | None:
        """The parts that lie there, by number; None if they were put together, given up or dropped."""

    def complete(self, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        """Put the parts together, unless an object lies there.

        Returns:
            Whether nothing is left to be put together: not if the parts have changed meanwhile.
        """

    def abandon(self, key: str) -> None:
        """Drop all parts that were sent for an object and not put together."""


Release = Literal["given back", "awaited", "none"]
"""What became of a lease that was to end: it did; it goes on, as somebody waits for the slot; there was none."""


class Admission(Protocol):
    """The account's slots at the provider, leased by job id, and handed from one to the next."""

    @property
    def size(self) -> int:
        """How many there are."""

    def state(self) -> AdmissionState:
        """Who has a slot now, and what holds others back."""

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Lease a slot for a job if one is free and nobody waits, or take up the one that it has.

        Returns:
            Whether it has one now.
        """

    def hand_over(
        self,
        to: Waiting,
        state: AdmissionState,
        now: datetime,
        until: datetime,
        *,
        leaving: str | None = None,
        seconds: float | None = None,
    ) -> bool:
        """Lease a slot for who is next, in the same write in which another job leaves it, if one does.

        Args:
            to: who is next; the virtual time becomes his number, unless it is past that.
            state: as it was read.
            now: the present moment.
            until: when the lease ends by itself.
            leaving: the job whose lease ends.
            seconds: how long the provider took for that one, if it was done.

        Returns:
            Whether it was done: not if there is no slot, or he has one, or somebody was faster.
        """

    def give_back(
        self,
        job_id: str,
        seconds: float | None = None,
        *,
        though_awaited: bool = False,
    ) -> Release:
        """End a job's lease.

        Args:
            job_id: the job.
            seconds: how long the provider took for it, if it was done.
            though_awaited: also while somebody waits, who is not handed the slot by this.
        """

    def refuse(self, job_id: str, refusals: int, hold_until: datetime | None) -> None:
        """End the lease of a job that the provider refused for the account's sake: from now on one at a time is tried.

        Args:
            job_id: the job.
            refusals: the rounds in a row in which the provider took nobody.
            hold_until: nobody is sent until then, or until a later moment that is known.
        """

    def accept(self) -> None:
        """The provider has taken a job: all may be sent again, unless the queue is held back for another reason."""

    def hold(self, job_id: str, until: datetime, held_for: HoldReason) -> None:
        """End a job's lease; nobody is sent until then for this reason, or until a later moment that is known."""

    def mark(self, now: datetime) -> None:
        """Note that somebody waits: from now on nobody passes."""

    def lift_hold(self, state: AdmissionState) -> None:
        """Send on, unless somebody holds back anew since that state was read."""

    def unmark(self, state: AdmissionState) -> None:
        """Nobody waits any more, unless somebody has begun to since that state was read."""


class Queue(Protocol):
    """The jobs that wait for a slot, in order."""

    def number(self, owner: str, virtual_time: int, now: datetime) -> int:
        """The number of the owner's next job, each given once (`rules.queue.next_number`)."""

    def take_back(self, owner: str, number: int) -> None:
        """The owner's job with this number left the queue without a slot (`rules.queue.numbers_without`)."""

    def first(self, limit: int) -> list[Waiting]:
        """Those who are next, at most `limit`; may lag behind."""

    def ahead(self, waiting: Waiting) -> int | None:
        """About how many are before one; None if that is too long to be told."""


class Slots(Protocol):
    """A number of slots, leased by job id."""

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Lease a slot for a job, or prolong the one it has. Whether there was one."""

    def give_back(self, job_id: str) -> bool:
        """End a job's lease. Whether it had one."""


class OwnerSlots(Protocol):
    """How many callbacks of one owner may be tried at once."""

    def of(self, owner: str) -> Slots:
        """The slots of an owner, leased by job id."""


class SlowReceivers(Protocol):
    """How many callbacks may be tried at once at a receiver that did not answer in time."""

    def of(self, address: str, now: datetime) -> Slots | None:
        """The slots of a receiver that counts as slow; None for any other."""

    def note_late(self, address: str, until: datetime) -> None:
        """Note that a receiver did not answer in time: it counts as slow until then."""


class Begun(NamedTuple):
    """A delivery, and whether the try that is under way is the caller's."""

    delivery: Delivery | None
    is_ours: bool


class Deliveries(Protocol):
    """Deliveries of callbacks by job."""

    def get(self, job_id: str) -> Delivery | None:
        """The delivery as it is now; None before the first try."""

    def ask(self, message: CallbackMessage, now: datetime) -> bool:
        """Note that one more try, or round, is asked for.

        Whether it is news: not while one is that was not made yet, nor a round of what is not given up any more.
        """

    def begin(self, message: CallbackMessage, now: datetime, until: datetime) -> Begun:
        """Note that a try begins now and ends by `until`, if one is due by this message."""

    def finish(self, delivery: Delivery, tried: Try, then: Outcome, at: datetime) -> bool:
        """Note what came of a try.

        Args:
            delivery: as it was when the try began.
            tried: the try.
            then: what the delivery is now.
            at: when the next try comes; or when it was given up.

        Returns:
            Whether it was noted: not if the delivery is there no more, or somebody took over meanwhile.
        """

    def delete(self, job_id: str) -> None:
        """Forget a delivery."""

    def given_up(
        self, owner: str, limit: int, after: Position | None, since: datetime | None = None
    ) -> tuple[list[Delivery], Position | None]:
        """An owner's deliveries that were given up, newest first, and where the list goes on; may lag behind."""


class CallbackQueue(Protocol):
    """The queue of callbacks, and the one of those that were given up."""

    def send(self, messages: Sequence[CallbackMessage]) -> None:
        """Let each be delivered."""

    def bury(self, message: CallbackMessage) -> None:
        """Keep a message that was given up among the dead letters."""


class CallbackSecretNumbers(Protocol):
    """Which of each owner's secrets is the newest."""

    def number(self, owner: str) -> SecretNumber:
        """The newest; 0 for an owner who never asked for another."""

    def raise_number(self, owner: str, now: datetime) -> SecretNumber | None:
        """Begin with another secret. None if the one before the newest is still in use."""


class Keys(Protocol):
    """Keys of programs that speak the vendor's contract."""

    def create(self, key: "ApiKey") -> None:
        """Store a new key; the same one again is fine."""

    def get(self, key_id: str) -> "ApiKey | None":
        """The key as it is now; None if there is none, or no longer."""

    def of(self, owner: str) -> "list[ApiKey]":
        """An owner's keys, the newest first; a new one may be missing for a moment, a revoked one is not among them."""

    def revoke(self, key_id: str, owner: str) -> bool:
        """Forget an owner's key. Whether there was one."""


class CallbackSender(Protocol):
    """Posts to addresses that clients named."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What the receiver answered; raises nothing for what it, the network or its address does."""


ExecutionState = Literal["running", "ended", "never started"]


class Executions(Protocol):
    """The state machine's executions, one a job."""

    def start(self, job_id: str, number: int = 1) -> None:
        """Start the job's execution of this number; one that exists already is fine."""

    def state(self, job_id: str, number: int = 1) -> ExecutionState:
        """What has become of the job's execution of this number."""

    def dead(self, since: datetime) -> Iterator[str]:
        """The jobs of executions that have ended since then other than well."""

    def wake(self, task_token: str | None) -> None:
        """Let the waiting state end; without a token, or if nobody sleeps on it any more, nothing happens."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One request to generate: our names, the provider's meaning (provider contract §1)."""

    init_video: str
    init_image: str
    reference_image: str
    output_format: str
    watermark: bool
    webhook: str
    track_id: int


class Provider(Protocol):
    """Who makes the videos. No method raises for what the provider or the network does."""

    def submit(self, key: str, submission: Submission) -> Reply:
        """Ask for one generation."""

    def fetch(self, key: str, request_id: str) -> Reply:
        """Ask what became of a request."""

    def delete(self, key: str, request_id: str) -> bool:
        """Ask the provider to delete what it keeps of a request. Whether it said that it has."""


class Events(Protocol):
    """The stack's bus."""

    def put(self, detail_type: str, detail: BaseModel) -> None:
        """Put one event of ours on the bus."""


class WebhookReader(Protocol):
    """Reads a provider's webhook."""

    def __call__(self, body: bytes, content_encoding: str | None, now: datetime) -> Reply:
        """What a body means.

        Raises:
            TooLargeError: it is larger than is read.
            MalformedError: it cannot be read.
        """


class DownloadError(Exception):
    """A link that gave no usable video; the text says why, without the URL."""


class Video(Readable, Protocol):
    """A video that is judged while it is read.

    The last `read` raises DownloadError if what came was not a whole video. `size` (bytes) and `sha256` (base64) are
    right once it is read.
    """

    @property
    def size(self) -> int:
        """Bytes read so far."""

    @property
    def sha256(self) -> str:
        """Of what was read so far."""


class ResultReader(Protocol):
    """Opens links to results."""

    def open(self, url: str, seconds: float) -> AbstractContextManager[Video]:
        """The video behind a link, to be read within the `with` and within so many seconds from now.

        Raises:
            DownloadError: forbidden, unreachable, refused, too large, or not announced as it came.
        """
