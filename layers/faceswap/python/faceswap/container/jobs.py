"""What the jobs function is wired of."""

import os
import secrets
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from faceswap.container.callbacks import CallbacksContainer
from faceswap.container.common import AWS, new_bytes, now
from faceswap.container.keys import KeysContainer
from faceswap.container.submit import SubmitContainer
from faceswap.settings import JobsSettings
from faceswap.store.aws import client
from faceswap.telemetry import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faceswap.rules.callbacks import CallbackMessage
    from faceswap.rules.job import Job
    from faceswap.store.events import EventStore
    from faceswap.store.requests import RequestStore
    from faceswap.usecases.cancel_job import CancelJob
    from faceswap.usecases.create_job import CreateJob
    from faceswap.usecases.create_vendor_job import CreateVendorJob
    from faceswap.usecases.delete_job import DeleteJob
    from faceswap.usecases.estimate_queue import EstimateQueue, Outlook
    from faceswap.usecases.link_result import LinkResult
    from faceswap.usecases.list_jobs import ListJobs
    from faceswap.usecases.read_manifest import ReadManifest
    from faceswap.usecases.read_result import ReadResult
    from faceswap.usecases.request_job import RequestJob


class JobsContainer(SubmitContainer, CallbacksContainer, KeysContainer):
    """What the jobs function uses."""

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


@cache
def jobs_container() -> JobsContainer:
    """The jobs function's parts, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return JobsContainer(JobsSettings.read(os.environ))
