"""The use cases on whatever implements the ports, with the clock in the hands of the test."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from faceswap.ports.admission import Admission, Queue
from faceswap.ports.callbacks import Deliveries
from faceswap.ports.executions import Executions
from faceswap.ports.inbox import Inbox
from faceswap.ports.jobs import JobLists, Jobs
from faceswap.ports.media import MediaBucket, MultipartUploads
from faceswap.ports.provider import Provider
from faceswap.ports.quotas import Budgets
from faceswap.ports.results import ResultReader
from faceswap.ports.uploads import Uploads
from faceswap.provider.modelslab.webhook import read_webhook
from faceswap.rules import ids
from faceswap.rules.decisions import CollectLimits
from faceswap.rules.job import Deadlines, Job
from faceswap.rules.job_media import Media, UploadedMedia
from faceswap.rules.media import Purpose, UploadLimits
from faceswap.rules.next_step import TIME_TO_ACT, NextStep
from faceswap.rules.queue import LEASE_MARGIN
from faceswap.rules.reply import Reply
from faceswap.rules.schedule import PollLimits
from faceswap.usecases.archive_result import ArchiveResult
from faceswap.usecases.cancel_job import CancelJob
from faceswap.usecases.collect_result import CollectResult
from faceswap.usecases.delete_job import DeleteJob
from faceswap.usecases.dispatch_slots import DispatchSlots
from faceswap.usecases.drain_job import DrainJob
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.enter_queue import EnterQueue
from faceswap.usecases.estimate_queue import EstimateQueue
from faceswap.usecases.find_input import FindInput
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.hold_for_budget import HoldForBudget
from faceswap.usecases.hold_queue import HoldQueue
from faceswap.usecases.inspect_inputs import InspectInputs
from faceswap.usecases.keep_budget import KeepBudget
from faceswap.usecases.lift_hold import LiftHold
from faceswap.usecases.link_input import LinkInput
from faceswap.usecases.read_job import ReadJob
from faceswap.usecases.receive_webhook import ReceiveWebhook
from faceswap.usecases.release_slot import ReleaseSlot
from faceswap.usecases.retry import Retry
from faceswap.usecases.send_queued import SendQueued
from faceswap.usecases.settle_job import SettleJob
from faceswap.usecases.submit_job import InputLinks, SubmitContext, SubmitJob
from faceswap.usecases.sweep_jobs import SweepJobs
from faceswap.usecases.wake_job import WakeJob
from faceswap.usecases.wake_when_complete import WakeWhenComplete
from tests.support.boxes import VIDEO
from tests.support.samples import a_job, an_upload
from tests.support.scripted import Script

DEADLINES = Deadlines(upload=100, queue=200, job=300)
LIMITS = CollectLimits(
    job_deadline=timedelta(seconds=DEADLINES.job), input_url=timedelta(seconds=60)
)
POLL_LIMITS = PollLimits(first=15, longest=600)
LIMITS_OF_FILES = UploadLimits(video=1000, image=100)


@dataclass
class Clock:
    """A moment that tests move."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class WiredUseCases:
    """The use cases, wired as the container does it; results lie below `results_at`."""

    jobs: Jobs
    job_lists: JobLists
    media: MediaBucket
    multipart: MultipartUploads
    uploads: Uploads
    deliveries: Deliveries
    inbox: Inbox
    admission: Admission
    queue: Queue
    executions: Executions
    budgets: Budgets
    provider: Provider
    reader: ResultReader
    clock: Clock
    script: Script
    results_at: str
    enabled: bool = True
    deadlines: Deadlines = DEADLINES
    refusals: list[Reply] = field(default_factory=list)
    input_links: InputLinks = "redirect"
    broken: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    finished: list[Job] = field(default_factory=list)
    daily_budget: Decimal | None = None
    currency: str = "USD"
    price: Decimal = Decimal("0.16")
    budget_used: list[int] = field(default_factory=list)
    spent: list[Decimal] = field(default_factory=list)
    not_deleted: list[bool] = field(default_factory=list)
    keys: list[str] = field(default_factory=lambda: ["key-123456"])
    """The provider's key as it is known here, then those that are found when it is read anew."""

    @property
    def wake_job(self) -> WakeJob:
        return WakeJob(jobs=self.jobs, executions=self.executions)

    @property
    def wake_when_complete(self) -> WakeWhenComplete:
        return WakeWhenComplete(jobs=self.jobs, find_input=self.find_input, wake_job=self.wake_job)

    @property
    def release_slot(self) -> ReleaseSlot:
        return ReleaseSlot(
            admission=self.admission,
            dispatch_slots=self.dispatch_slots,
            clock=self.clock,
        )

    @property
    def dispatch_slots(self) -> DispatchSlots:
        return DispatchSlots(
            admission=self.admission,
            queue=self.queue,
            jobs=self.jobs,
            wake_job=self.wake_job,
            lease=LIMITS.job_deadline + LEASE_MARGIN,
            enabled=self.enabled,
            failed=self.broken.append,
            clock=self.clock,
        )

    @property
    def enter_queue(self) -> EnterQueue:
        return EnterQueue(
            admission=self.admission,
            queue=self.queue,
            jobs=self.jobs,
            dispatch_slots=self.dispatch_slots,
            clock=self.clock,
        )

    @property
    def end_job(self) -> EndJob:
        return EndJob(
            jobs=self.jobs,
            executions=self.executions,
            queue=self.queue,
            release_slot=self.release_slot,
            finished=lambda _before, after: self.finished.append(after),
            clock=self.clock,
        )

    @property
    def submit_job(self) -> SubmitJob:
        context = SubmitContext(
            provider_key=lambda: "key-123456",
            webhook_secret=lambda: "secret",
            receipt_secret=lambda: "receipts",
            refused=self.refusals.append,
            input_links=self.input_links,
            input_url_seconds=60,
            spent=self.spent.append,
            not_recorded=lambda: self.broken.append("the answer"),
        )
        return SubmitJob(
            jobs=self.jobs,
            media=self.media,
            find_input=self.find_input,
            inspect_inputs=InspectInputs(
                media=self.media, uploads=self.uploads, max_video_seconds=60
            ),
            admission=self.admission,
            enter_queue=self.enter_queue,
            hold_queue=HoldQueue(
                admission=self.admission,
                queue=self.queue,
                dispatch_slots=self.dispatch_slots,
                clock=self.clock,
            ),
            lift_hold=LiftHold(admission=self.admission, dispatch_slots=self.dispatch_slots),
            release_slot=self.release_slot,
            provider=self.provider,
            end_job=self.end_job,
            context=context,
            hold_for_budget=HoldForBudget(
                admission=self.admission, queue=self.queue, clock=self.clock
            ).run,
            keep_budget=self.keep_budget,
            retry=self.retry,
            deadlines=self.deadlines,
            poll_limits=POLL_LIMITS,
            enabled=self.enabled,
            clock=self.clock,
            random=lambda: 0.5,
        )

    @property
    def retry(self) -> Retry:
        return Retry(sleep=self.pauses.append, random=lambda: 1.0)

    @property
    def send_queued(self) -> SendQueued:
        return SendQueued(
            admission=self.admission,
            dispatch_slots=self.dispatch_slots,
            jobs=self.jobs,
            executions=self.executions,
            wake_job=self.wake_job,
            submit_job=lambda: self.submit_job,
            retry=self.retry,
            failed=self.broken.append,
            clock=self.clock,
        )

    def look_at_queue(self) -> int:
        """What the schedule does once a minute."""
        return self.send_queued.run("https://api.example", has_time=lambda: True)

    @property
    def find_input(self) -> FindInput:
        return FindInput(
            find_upload=FindUpload(uploads=self.uploads, find=self.media.find),
            find=self.media.find,
            limits=LIMITS_OF_FILES,
        )

    def submit(self, job: Job) -> NextStep:
        """Run the Submit task."""
        return self.submit_job.run(job.job_id, "https://api.example")

    @property
    def collect_result(self) -> CollectResult:
        return CollectResult(
            jobs=self.jobs,
            media=self.media,
            provider=self.provider,
            provider_key=lambda: self.keys[0],
            refused=self._refused,
            archive_result=ArchiveResult(
                media=self.media, reader=self.reader, attempt=lambda: secrets.token_hex(4)
            ),
            end_job=self.end_job,
            settle_job=SettleJob(media=self.media),
            drain_job=self.drain_job,
            limits=LIMITS,
            poll_limits=POLL_LIMITS,
            clock=self.clock,
            random=lambda: 0.5,
        )

    def collect(self, job: Job, *, after_failure: bool = False) -> NextStep:
        """Run the Collect task."""
        return self.collect_result.run(
            job.job_id, seconds_left=lambda: 20.0, after_failure=after_failure
        )

    @property
    def drain_job(self) -> DrainJob:
        return DrainJob(
            jobs=self.jobs,
            provider=self.provider,
            provider_key=lambda: self.keys[0],
            refused=self._refused,
            not_deleted=lambda: self.not_deleted.append(True),
            release_slot=self.release_slot,
            settle_job=SettleJob(media=self.media),
            job_deadline=LIMITS.job_deadline,
            clock=self.clock,
        )

    @property
    def receive_webhook(self) -> ReceiveWebhook:
        return ReceiveWebhook(
            jobs=self.jobs,
            read=read_webhook,
            wake_job=self.wake_job,
            secrets=lambda: ["secret"],
            provider_key=lambda: "key-123456",
            clock=self.clock,
        )

    @property
    def link_input(self) -> LinkInput:
        return LinkInput(
            jobs=self.jobs,
            media=self.media,
            secrets=lambda: iter(["secret", "older"]),
            url_seconds=60,
            clock=self.clock,
        )

    def _refused(self, reply: Reply) -> None:
        self.refusals.append(reply)
        if reply.remedy == "replace_key" and len(self.keys) > 1:
            self.keys.pop(0)

    @property
    def estimate_queue(self) -> EstimateQueue:
        return EstimateQueue(admission=self.admission, queue=self.queue, clock=self.clock)

    @property
    def cancel_job(self) -> CancelJob:
        return CancelJob(read_job=ReadJob(jobs=self.jobs), end_job=self.end_job)

    @property
    def delete_job(self) -> DeleteJob:
        return DeleteJob(
            jobs=self.jobs,
            uploads=self.uploads,
            deliveries=self.deliveries,
            inbox=self.inbox,
            media=self.media,
            multipart=self.multipart,
            provider=self.provider,
            provider_key=lambda: "key-123456",
            read_job=ReadJob(jobs=self.jobs),
            cancel_job=self.cancel_job,
            executions=self.executions,
            clock=self.clock,
        )

    @property
    def sweep_jobs(self) -> SweepJobs:
        return SweepJobs(
            jobs=self.jobs,
            job_lists=self.job_lists,
            executions=self.executions,
            wake_job=self.wake_job,
            dispatch_slots=self.dispatch_slots,
            clock=self.clock,
            keep_budget=self.look_after_budget,
        )

    @property
    def keep_budget(self) -> KeepBudget | None:
        return self.look_after_budget if self.daily_budget else None

    @property
    def look_after_budget(self) -> KeepBudget:
        return KeepBudget(
            admission=self.admission,
            budgets=self.budgets,
            dispatch_slots=self.dispatch_slots,
            daily=self.daily_budget,
            price=self.price,
            currency=self.currency,
            used=self.budget_used.append,
            clock=self.clock,
        )

    def uploaded(self, content: bytes | None = VIDEO, **changes: object) -> dict[Purpose, Media]:
        """Media of a job whose video is a new upload, declared as small as VIDEO; landed unless `content` is None."""
        upload_id = ids.upload_id(secrets.token_bytes(16))
        # Below another prefix: a stack looks after its own uploads.
        fields = {"upload_id": upload_id, "key": f"media/{upload_id}.mp4", "size": len(VIDEO)}
        fields |= changes
        upload = an_upload(**fields)
        self.uploads.create(upload, forget_at=self.clock.now + timedelta(days=3650))
        if content is not None:
            self.put(upload.key, content)
        return dict(a_job().media) | {"init_video": UploadedMedia(key=upload.key)}

    def put(self, key: str, content: bytes) -> None:
        """Let an object lie in the bucket."""
        self.media.archive(key, BytesIO(content), "video/mp4")

    def job(self, **changes: object) -> Job:
        """A new stored job, queued unless changed."""
        now = self.clock.now
        fields = {
            "job_id": ids.job_id(secrets.token_bytes(16)),
            "created_at": now,
            "updated_at": now,
            "queued_at": now,
            "deadline_at": now + timedelta(seconds=self.deadlines.queue),
            "due_at": now + TIME_TO_ACT,
        }
        job = a_job(**(fields | changes))
        assert self.jobs.create(job) is None
        return job

    def processing(self, **changes: object) -> Job:
        """A new stored job that the provider has accepted as 298."""
        now = self.clock.now
        fields: dict[str, object] = {
            "status": "processing",
            "submitted_at": now,
            "accepted_at": now,
            "request_id": "298",
            "deadline_at": now + timedelta(seconds=DEADLINES.job),
        }
        return self.job(**(fields | changes))

    def submitting(self, **changes: object) -> Job:
        """A new stored job whose submit was not answered."""
        now = self.clock.now
        fields: dict[str, object] = {
            "status": "submitting",
            "submitted_at": now,
            "deadline_at": now + timedelta(seconds=DEADLINES.job),
        }
        return self.job(**(fields | changes))

    def read(self, job: Job) -> Job:
        found = self.jobs.get(job.job_id)
        assert found is not None
        return found

    def error_of(self, job: Job) -> tuple[str, str | None, str | None]:
        """The job's status, and the kind of its error with what the provider said, if it has one."""
        after = self.read(job)
        if after.error is None:
            return after.status, None, None
        return after.status, after.error.type, after.error.upstream

    def link(self, name: str = "r.mp4") -> str:
        """Where the provider keeps a result."""
        return f"{self.results_at}/{name}"

    def told(self, **fields: object) -> dict[str, object]:
        """A message of the provider about a success."""
        said = {"at": self.clock.now, "by": "webhook", "request_id": "298"}
        return said | {"urls": (self.link(),)} | fields
