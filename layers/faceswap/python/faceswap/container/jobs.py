"""What the jobs function is wired of."""

import os
import secrets
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from faceswap.container.common import AWS, Container, new_bytes, now, random
from faceswap.settings import JobsSettings
from faceswap.store.aws import client
from faceswap.telemetry import count, gauge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from faceswap.rules.callbacks import CallbackMessage
    from faceswap.rules.job import Job
    from faceswap.rules.reply import Reply
    from faceswap.rules.uploads import StoredObject
    from faceswap.store.callback_queue import CallbackQueueStore
    from faceswap.store.events import EventStore
    from faceswap.store.keys import KeyStore
    from faceswap.store.multipart import MultipartStore
    from faceswap.store.requests import RequestStore
    from faceswap.store.usage import UsageStore
    from faceswap.usecases.cancel_job import CancelJob
    from faceswap.usecases.complete_upload import CompleteUpload
    from faceswap.usecases.create_job import CreateJob
    from faceswap.usecases.create_key import CreateKey
    from faceswap.usecases.create_upload import CreateUpload
    from faceswap.usecases.create_vendor_job import CreateVendorJob
    from faceswap.usecases.delete_job import DeleteJob
    from faceswap.usecases.delete_upload import DeleteUpload
    from faceswap.usecases.enter_queue import EnterQueue
    from faceswap.usecases.estimate_queue import EstimateQueue, Outlook
    from faceswap.usecases.find_input import FindInput
    from faceswap.usecases.find_key import FindKey
    from faceswap.usecases.find_upload import FindUpload
    from faceswap.usecases.hold_queue import HoldQueue
    from faceswap.usecases.inbox_landed import InboxLanded
    from faceswap.usecases.keep_quotas import KeepQuotas
    from faceswap.usecases.keep_rate import KeepRate
    from faceswap.usecases.lift_hold import LiftHold
    from faceswap.usecases.link_input import LinkInput
    from faceswap.usecases.link_result import LinkResult
    from faceswap.usecases.list_callbacks import ListCallbacks
    from faceswap.usecases.list_jobs import ListJobs
    from faceswap.usecases.list_keys import ListKeys
    from faceswap.usecases.list_parts import ListParts
    from faceswap.usecases.read_callback import ReadCallback
    from faceswap.usecases.read_job import ReadJob
    from faceswap.usecases.read_manifest import ReadManifest
    from faceswap.usecases.read_result import ReadResult
    from faceswap.usecases.read_upload import ReadUpload
    from faceswap.usecases.recover_callbacks import RecoverCallbacks
    from faceswap.usecases.request_job import RequestJob
    from faceswap.usecases.resend_callback import ResendCallback
    from faceswap.usecases.revoke_key import RevokeKey
    from faceswap.usecases.rotate_callback_secret import RotateCallbackSecret
    from faceswap.usecases.sign_parts import SignParts
    from faceswap.usecases.sign_upload import SignUpload
    from faceswap.usecases.submit_job import SubmitContext, SubmitJob
    from faceswap.usecases.upload_landed import UploadLanded
    from faceswap.usecases.wake_when_complete import WakeWhenComplete


class JobsContainer(Container):
    """What the jobs function uses."""

    def __init__(self, settings: JobsSettings) -> None:
        super().__init__(settings)
        self.settings = settings

    @cached_property
    def create_upload(self) -> "CreateUpload":
        """Reserves uploads."""
        from faceswap.usecases.create_upload import CreateUpload

        return CreateUpload(
            uploads=self.uploads,
            bucket=self.media,
            multipart=self.multipart,
            limits=self.settings.upload_limits,
            retention_days=self.settings.upload_retention_days,
            clock=now,
            new_bytes=new_bytes,
            keep_quotas=self.keep_quotas,
        )

    @cached_property
    def keep_rate(self) -> "KeepRate | None":
        """Holds owners to a rate; None where there is none."""
        if not self.settings.owner_requests_per_minute:
            return None
        from faceswap.rules.rates import Rate
        from faceswap.store.rates import RateStore
        from faceswap.usecases.keep_rate import KeepRate

        rate = Rate(self.settings.owner_requests_per_minute)
        rates = RateStore(self._dynamodb, self._common.jobs_table, rate)
        return KeepRate(rates=rates, refused=lambda: count("QuotaRefusals"), clock=now)

    @cached_property
    def usages(self) -> "UsageStore":
        """What is counted of owners."""
        from faceswap.store.usage import UsageStore

        return UsageStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def keep_quotas(self) -> "KeepQuotas | None":
        """Holds owners to their limits; None where there are none."""
        if not self.settings.limits_owners:
            return None
        from faceswap.usecases.keep_quotas import KeepQuotas

        return KeepQuotas(
            jobs=self.jobs,
            uploads=self.uploads,
            quotas=self.settings.quotas,
            refused=lambda: count("QuotaRefusals"),
            near=lambda: count("OwnersNearLimit"),
        )

    @cached_property
    def multipart(self) -> "MultipartStore":
        """Uploads that are sent in parts."""
        from faceswap.store.multipart import MultipartStore

        return MultipartStore(self._s3, self._common.media_bucket)

    @cached_property
    def sign_upload(self) -> "SignUpload":
        """Signs requests for uploads."""
        from faceswap.usecases.sign_upload import SignUpload

        return SignUpload(
            uploads=self.uploads, media=self.media, multipart=self.multipart, clock=now
        )

    @cached_property
    def sign_parts(self) -> "SignParts":
        """Presigns parts of uploads."""
        from faceswap.usecases.sign_parts import SignParts

        return SignParts(uploads=self.uploads, multipart=self.multipart, clock=now)

    @cached_property
    def list_parts(self) -> "ListParts":
        """Lists parts of uploads."""
        from faceswap.usecases.list_parts import ListParts

        return ListParts(
            uploads=self.uploads, multipart=self.multipart, find_upload=self.find_upload
        )

    @cached_property
    def complete_upload(self) -> "CompleteUpload":
        """Puts parts of uploads together."""
        from faceswap.usecases.complete_upload import CompleteUpload

        return CompleteUpload(
            uploads=self.uploads, multipart=self.multipart, find_upload=self.find_upload
        )

    @cached_property
    def read_upload(self) -> "ReadUpload":
        """Reads uploads."""
        from faceswap.usecases.read_upload import ReadUpload

        return ReadUpload(find_upload=self.find_upload)

    @cached_property
    def find_upload(self) -> "FindUpload":
        """Finds uploads as they are."""
        from faceswap.usecases.find_upload import FindUpload

        return FindUpload(uploads=self.uploads, find=self._find_object)

    @cached_property
    def find_input(self) -> "FindInput":
        """Finds inputs that lie in the bucket."""
        from faceswap.usecases.find_input import FindInput

        return FindInput(
            find_upload=self.find_upload,
            find=self._find_object,
            limits=self.settings.upload_limits,
        )

    @cached_property
    def read_manifest(self) -> "ReadManifest":
        """Makes jobs out of manifests."""
        from faceswap.usecases.read_manifest import ReadManifest

        return ReadManifest(
            create_job=self.create_job,
            inbox=self.inbox,
            media=self.media,
            correct_answer=self.correct_answer,
            tell=self._tell,
            late=lambda: count("InboxEventsLate"),
            retention_days=self.settings.inbox_retention_days,
            clock=now,
        )

    def _tell(self, messages: "Sequence[CallbackMessage]") -> None:
        """Send to the queue of callbacks, whose client is made only then: a manifest seldom needs it."""
        self.callback_queue.send(messages)

    @cached_property
    def inbox_landed(self) -> "InboxLanded":
        """Tells jobs that their file has landed."""
        from faceswap.usecases.inbox_landed import InboxLanded

        return InboxLanded(inbox=self.inbox, wake_when_complete=self.wake_when_complete)

    @cached_property
    def wake_when_complete(self) -> "WakeWhenComplete":
        """Wakes jobs whose inputs are all there."""
        from faceswap.usecases.wake_when_complete import WakeWhenComplete

        return WakeWhenComplete(jobs=self.jobs, find_input=self.find_input, wake_job=self.wake_job)

    @cached_property
    def delete_upload(self) -> "DeleteUpload":
        """Gives uploads up."""
        from faceswap.usecases.delete_upload import DeleteUpload

        return DeleteUpload(
            uploads=self.uploads,
            jobs=self.jobs,
            media=self.media,
            multipart=self.multipart,
            clock=now,
        )

    @cached_property
    def upload_landed(self) -> "UploadLanded":
        """Tells jobs that their upload has landed."""
        from faceswap.usecases.upload_landed import UploadLanded

        return UploadLanded(
            uploads=self.uploads,
            find=self._find_object,
            delete_object=self._delete_object,
            wake_when_complete=self.wake_when_complete,
        )

    def _delete_object(self, key: str) -> None:
        """Delete from the bucket, whose client is made only then: an event of an upload seldom needs it."""
        self.media.delete(key)

    def _find_object(self, key: str) -> "StoredObject | None":
        """Find in the bucket, whose client is made only then: the uploads' records mostly tell."""
        return self.media.find(key)

    @cached_property
    def create_job(self) -> "CreateJob":
        """Makes jobs."""
        from faceswap.usecases.create_job import CreateJob

        return CreateJob(
            jobs=self.jobs,
            requests=self.requests,
            uploads=self.uploads,
            find_upload=self.find_upload,
            inbox=self.inbox,
            find_input=self.find_input,
            inbox_retention=timedelta(days=self.settings.inbox_retention_days + 1),
            deadlines=self.settings.deadlines,
            allow_loopback=self.settings.allow_loopback_urls,
            clock=now,
            new_bytes=new_bytes,
            keep_quotas=self.keep_quotas,
            price=self.settings.price,
        )

    @cached_property
    def create_vendor_job(self) -> "CreateVendorJob":
        """Makes jobs for keys."""
        from faceswap.rules.ids import LARGEST_NUMBER
        from faceswap.usecases.create_vendor_job import CreateVendorJob

        return CreateVendorJob(
            create_job=self.create_job, new_number=lambda: secrets.randbelow(LARGEST_NUMBER) + 1
        )

    @cached_property
    def requests(self) -> "RequestStore":
        """What is known when a job is asked for."""
        from faceswap.store.requests import RequestStore

        return RequestStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def request_job(self) -> "RequestJob":
        """Makes jobs out of events."""
        from faceswap.usecases.request_job import RequestJob

        return RequestJob(create_job=self.create_job, events=self.events)

    @cached_property
    def events(self) -> "EventStore":
        """The stack's bus."""
        from faceswap.store.events import EventStore

        return EventStore(client("events", AWS), self.settings.jobs_bus)

    @cached_property
    def read_job(self) -> "ReadJob":
        """Reads jobs."""
        from faceswap.usecases.read_job import ReadJob

        return ReadJob(jobs=self.jobs)

    @cached_property
    def list_jobs(self) -> "ListJobs":
        """Lists jobs."""
        from faceswap.usecases.list_jobs import ListJobs

        return ListJobs(jobs=self.job_lists)

    @cached_property
    def estimate_queue(self) -> "EstimateQueue":
        """Estimates when queued jobs are done."""
        from faceswap.usecases.estimate_queue import EstimateQueue

        return EstimateQueue(admission=self.admission, queue=self.queue, clock=now)

    def outlook(self, job: "Job") -> "Outlook | None":
        """When a queued job may be done, and what it waits for; None for any other, and while nobody is sent."""
        if job.status != "queued" or not self.settings.submitting_enabled:
            return None
        return self.estimate_queue.run(job)

    @cached_property
    def cancel_job(self) -> "CancelJob":
        """Cancels jobs."""
        from faceswap.usecases.cancel_job import CancelJob

        return CancelJob(read_job=self.read_job, end_job=self.end_job)

    @cached_property
    def delete_job(self) -> "DeleteJob":
        """Erases jobs."""
        from faceswap.usecases.delete_job import DeleteJob

        return DeleteJob(
            jobs=self.jobs,
            uploads=self.uploads,
            deliveries=self.deliveries,
            inbox=self.inbox,
            media=self.media,
            multipart=self.multipart,
            provider=self.provider,
            provider_key=self.provider_key,
            read_job=self.read_job,
            cancel_job=self.cancel_job,
            executions=self.executions,
            clock=now,
        )

    @cached_property
    def read_result(self) -> "ReadResult":
        """Links to results."""
        from faceswap.usecases.read_result import ReadResult

        return ReadResult(read_job=self.read_job, media=self.media, clock=now)

    @cached_property
    def link_result(self) -> "LinkResult":
        """Links results that last."""
        from faceswap.usecases.link_result import LinkResult

        return LinkResult(jobs=self.jobs, media=self.media, secrets=lambda: [self.receipt_secret()])

    @cached_property
    def callback_queue(self) -> "CallbackQueueStore":
        """The queue of callbacks."""
        from faceswap.store.callback_queue import CallbackQueueStore

        return CallbackQueueStore(client("sqs", AWS), self.settings.callback_queue_url)

    @cached_property
    def read_callback(self) -> "ReadCallback":
        """Tells what has become of callbacks."""
        from faceswap.usecases.read_callback import ReadCallback

        return ReadCallback(read_job=self.read_job, deliveries=self.deliveries)

    @cached_property
    def resend_callback(self) -> "ResendCallback":
        """Sends callbacks again."""
        from faceswap.usecases.resend_callback import ResendCallback

        return ResendCallback(
            read_job=self.read_job,
            deliveries=self.deliveries,
            queue=self.callback_queue,
            clock=now,
        )

    @cached_property
    def list_callbacks(self) -> "ListCallbacks":
        """Lists callbacks that were given up."""
        from faceswap.usecases.list_callbacks import ListCallbacks

        return ListCallbacks(deliveries=self.deliveries)

    @cached_property
    def recover_callbacks(self) -> "RecoverCallbacks":
        """Sends callbacks again that were given up."""
        from faceswap.usecases.recover_callbacks import RecoverCallbacks

        return RecoverCallbacks(deliveries=self.deliveries, queue=self.callback_queue, clock=now)

    @cached_property
    def rotate_callback_secret(self) -> "RotateCallbackSecret":
        """Gives owners other secrets."""
        from faceswap.usecases.rotate_callback_secret import RotateCallbackSecret

        return RotateCallbackSecret(numbers=self.secret_numbers, clock=now)

    @cached_property
    def keys(self) -> "KeyStore":
        """Keys of programs that speak the vendor's contract."""
        from faceswap.store.keys import KeyStore

        return KeyStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def create_key(self) -> "CreateKey":
        """Makes keys."""
        from faceswap.usecases.create_key import CreateKey

        return CreateKey(keys=self.keys, clock=now, new_bytes=lambda: secrets.token_bytes(32))

    @cached_property
    def list_keys(self) -> "ListKeys":
        """Lists keys."""
        from faceswap.usecases.list_keys import ListKeys

        return ListKeys(keys=self.keys)

    @cached_property
    def revoke_key(self) -> "RevokeKey":
        """Revokes keys."""
        from faceswap.usecases.revoke_key import RevokeKey

        return RevokeKey(keys=self.keys)

    @cached_property
    def find_key(self) -> "FindKey":
        """Finds keys by their secrets."""
        from faceswap.usecases.find_key import FindKey

        return FindKey(keys=self.keys)

    @cached_property
    def link_input(self) -> "LinkInput":
        """Links to inputs."""
        from faceswap.usecases.link_input import LinkInput

        return LinkInput(
            jobs=self.jobs,
            media=self.media,
            secrets=self.webhook_secrets,
            url_seconds=self.settings.input_url_seconds,
            clock=now,
        )

    @property
    def submit_context(self) -> "SubmitContext":
        """What a submit needs beside the job."""
        from faceswap.usecases.submit_job import SubmitContext

        return SubmitContext(
            provider_key=self.provider_key,
            webhook_secret=self.webhook_secret,
            receipt_secret=self.receipt_secret,
            refused=self._submit_refused,
            input_links=self.settings.input_links,
            input_url_seconds=self.settings.input_url_seconds,
            spent=lambda amount: gauge("ProviderSpend", float(amount)),
        )

    @cached_property
    def enter_queue(self) -> "EnterQueue":
        """Lets jobs wait for a slot."""
        from faceswap.usecases.enter_queue import EnterQueue

        return EnterQueue(
            admission=self.admission,
            queue=self.queue,
            jobs=self.jobs,
            dispatch_slots=self.dispatch_slots,
            clock=now,
        )

    @cached_property
    def hold_queue(self) -> "HoldQueue":
        """Holds the queue back."""
        from faceswap.usecases.hold_queue import HoldQueue

        return HoldQueue(
            admission=self.admission,
            queue=self.queue,
            dispatch_slots=self.dispatch_slots,
            clock=now,
        )

    def _hold_for_budget(self, job: "Job", until: "datetime") -> str:
        """Hold the queue back until there is a budget again; loaded only then."""
        from faceswap.usecases.hold_for_budget import HoldForBudget

        hold = HoldForBudget(admission=self.admission, queue=self.queue, clock=now)
        return hold.run(job, until)

    @cached_property
    def lift_hold(self) -> "LiftHold":
        """Lets all be sent again."""
        from faceswap.usecases.lift_hold import LiftHold

        return LiftHold(admission=self.admission, dispatch_slots=self.dispatch_slots)

    @cached_property
    def submit_job(self) -> "SubmitJob":
        """Submits jobs."""
        from faceswap.usecases.inspect_inputs import InspectInputs
        from faceswap.usecases.submit_job import SubmitJob

        return SubmitJob(
            jobs=self.jobs,
            media=self.media,
            find_input=self.find_input,
            inspect_inputs=InspectInputs(
                media=self.media,
                uploads=self.uploads,
                max_video_seconds=self.settings.max_video_seconds,
            ),
            admission=self.admission,
            enter_queue=self.enter_queue,
            hold_queue=self.hold_queue,
            lift_hold=self.lift_hold,
            release_slot=self.release_slot,
            provider=self.provider,
            end_job=self.end_job,
            context=self.submit_context,
            hold_for_budget=self._hold_for_budget,
            keep_budget=self.keep_budget,
            deadlines=self.settings.deadlines,
            poll_limits=self.settings.poll_limits,
            enabled=self.settings.submitting_enabled,
            clock=now,
            random=random,
        )

    def _submit_refused(self, reply: "Reply") -> None:
        """The provider takes no jobs: tell of it."""
        self.provider_refused(reply)
        if reply.remedy in {"replace_key", "fix_account"}:
            count("ProviderBlocked")


@cache
def jobs_container() -> JobsContainer:
    """The jobs function's parts, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return JobsContainer(JobsSettings.read(os.environ))
