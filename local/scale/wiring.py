"""The use cases, wired as the container does it, at a moment that stands still."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from faceswap.contract.jobs import ConsentStatement, JobRequest
from faceswap.ports.media import MediaBucket, MultipartUploads
from faceswap.ports.provider import Provider
from faceswap.provider.modelslab.webhook import read_webhook
from faceswap.rules.ids import track_id
from faceswap.rules.job import Deadlines
from faceswap.rules.links import webhook_token
from faceswap.rules.media import UploadLimits
from faceswap.rules.queue import LEASE_MARGIN
from faceswap.store.admission import AdmissionStore
from faceswap.store.deliveries import DeliveryStore
from faceswap.store.inbox import InboxStore
from faceswap.store.job_lists import JobListStore
from faceswap.store.jobs import JobStore
from faceswap.store.queue import QueueStore
from faceswap.store.requests import RequestStore
from faceswap.store.uploads import UploadStore
from faceswap.usecases.cancel_job import CancelJob
from faceswap.usecases.create_job import Caller, CreateJob
from faceswap.usecases.delete_job import DeleteJob
from faceswap.usecases.dispatch_slots import DispatchSlots
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.enter_queue import EnterQueue
from faceswap.usecases.estimate_queue import EstimateQueue
from faceswap.usecases.find_input import FindInput
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.list_jobs import ListJobs
from faceswap.usecases.read_job import ReadJob
from faceswap.usecases.receive_webhook import ReceiveWebhook
from faceswap.usecases.release_slot import ReleaseSlot
from faceswap.usecases.retry import Retry
from faceswap.usecases.send_queued import SendQueued
from faceswap.usecases.submit_job import SubmitJob
from faceswap.usecases.sweep_jobs import SweepJobs
from faceswap.usecases.wake_job import WakeJob
from local.scale.backlog import CALLER, NOW, SLOTS, processing, sources
from local.scale.counting import Counting
from local.scale.stand_ins import StandInBucket, StandInExecutions, StandInProvider

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = "once"
"""The idempotency key of the job that the caller creates."""
_DEADLINES = Deadlines(upload=86_400, queue=86_400, job=3600)
_LIMITS = UploadLimits(video=100_000_000, image=10_000_000)


class UseCases:
    """Real stores on one table; what is beside the table is stood in for, and counted too."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, counting: Counting) -> None:
        place = (dynamodb, table)
        jobs, uploads, inbox = JobStore(*place), UploadStore(*place), InboxStore(*place)
        admission, queue = AdmissionStore(*place, SLOTS), QueueStore(*place)
        executions = StandInExecutions(counting.note)
        bucket = StandInBucket(counting.note)
        media, multipart = cast("MediaBucket", bucket), cast("MultipartUploads", bucket)
        provider = cast("Provider", StandInProvider(counting.note))
        find_upload = FindUpload(uploads=uploads, find=media.find)
        self._jobs = jobs
        self.wake_job = WakeJob(jobs=jobs, executions=executions)
        dispatch_slots = DispatchSlots(
            admission=admission,
            queue=queue,
            jobs=jobs,
            wake_job=self.wake_job,
            lease=timedelta(seconds=_DEADLINES.job) + LEASE_MARGIN,
            enabled=True,
            failed=lambda _: None,
            clock=_now,
        )
        self.release_slot = ReleaseSlot(
            admission=admission, dispatch_slots=dispatch_slots, clock=_now
        )
        self._enter_queue = EnterQueue(
            admission=admission,
            queue=queue,
            jobs=jobs,
            dispatch_slots=dispatch_slots,
            clock=_now,
        )
        self._read_job = ReadJob(jobs=jobs)
        self._estimate_queue = EstimateQueue(admission=admission, queue=queue, clock=_now)
        job_lists = JobListStore(*place)
        self.list_jobs = ListJobs(jobs=job_lists)
        end_job = EndJob(
            jobs=jobs,
            executions=executions,
            queue=queue,
            release_slot=self.release_slot,
            finished=lambda _before, _after: None,
            clock=_now,
        )
        self.cancel_job = CancelJob(read_job=self._read_job, end_job=end_job)
        self.delete_job = DeleteJob(
            jobs=jobs,
            uploads=uploads,
            deliveries=DeliveryStore(*place, 365),
            inbox=inbox,
            media=media,
            multipart=multipart,
            provider=provider,
            provider_key=lambda: "key",
            read_job=self._read_job,
            cancel_job=self.cancel_job,
            executions=executions,
            clock=_now,
        )
        self._create_job = CreateJob(
            jobs=jobs,
            requests=RequestStore(*place),
            uploads=uploads,
            find_upload=find_upload,
            inbox=inbox,
            find_input=FindInput(find_upload=find_upload, find=media.find, limits=_LIMITS),
            inbox_retention=timedelta(days=8),
            deadlines=_DEADLINES,
            allow_loopback=False,
            clock=_now,
            new_bytes=lambda: bytes(16),
        )
        self._receive_webhook = ReceiveWebhook(
            jobs=jobs,
            read=read_webhook,
            wake_job=self.wake_job,
            secrets=lambda: ["secret"],
            provider_key=lambda: "key",
            clock=_now,
        )
        self.send_queued = SendQueued(
            admission=admission,
            dispatch_slots=dispatch_slots,
            jobs=jobs,
            executions=executions,
            wake_job=self.wake_job,
            submit_job=_submit_job,
            retry=Retry(sleep=lambda _seconds: None, random=lambda: 0.5),
            failed=lambda _job_id: None,
            clock=_now,
        )
        self.sweep_jobs = SweepJobs(
            jobs=jobs,
            job_lists=job_lists,
            executions=executions,
            wake_job=self.wake_job,
            dispatch_slots=dispatch_slots,
            clock=_now,
        )

    def create(self) -> None:
        """The caller asks for a job of his three uploads."""
        consent = ConsentStatement(attested=True, statement="All who are shown agreed.")
        request = JobRequest.model_validate({**sources(), "consent": consent})
        self._create_job.run(request, Caller(CALLER, CALLER), KEY)

    def enter(self, job_id: str) -> None:
        """A job is read, and finds no slot."""
        self._enter_queue.run(self._read_job.run(job_id, CALLER))

    def get(self, job_id: str) -> None:
        """What `GET` reads of a queued job."""
        self._estimate_queue.run(self._read_job.run(job_id, CALLER))

    def webhook(self) -> None:
        """The provider posts that a job is done."""
        job = processing(1)
        told = {"status": "success", "id": int(job.request_id or 0), "generationTime": 200.5}
        told |= {"output": ["https://media.example.com/r.mp4"], "track_id": track_id(job.job_id)}
        token = webhook_token("secret", job.job_id)
        self._receive_webhook.run(job.job_id, token, json.dumps(told).encode(), None)


def _submit_job() -> SubmitJob:
    raise RuntimeError("no slot is free, so nobody is sent")


def _now() -> datetime:
    return NOW
