"""Wiring: stores, provider and use cases out of the settings, each made on first use and then kept.

What a part is made of is imported where it is made: a cold start loads only what its event needs.
"""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from random import SystemRandom
from typing import TYPE_CHECKING

from botocore.config import Config

from faceswap import USER_AGENT
from faceswap.rules.job import Job
from faceswap.settings import JobsSettings, ResultsSettings, Settings
from faceswap.store.aws import client
from faceswap.telemetry import count, logger

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from faceswap.provider.modelslab.client import ModelsLabClient
    from faceswap.rules.reply import Reply
    from faceswap.rules.uploads import StoredObject
    from faceswap.store.executions import ExecutionStore
    from faceswap.store.jobs import JobStore
    from faceswap.store.media import MediaStore
    from faceswap.store.secrets import SecretStore
    from faceswap.store.slots import SlotStore
    from faceswap.store.uploads import UploadStore
    from faceswap.usecases.archive_result import ArchiveResult
    from faceswap.usecases.cancel_job import CancelJob
    from faceswap.usecases.collect_result import CollectResult
    from faceswap.usecases.create_job import CreateJob
    from faceswap.usecases.create_upload import CreateUpload
    from faceswap.usecases.delete_job import DeleteJob
    from faceswap.usecases.delete_upload import DeleteUpload
    from faceswap.usecases.drain_job import DrainJob
    from faceswap.usecases.end_job import EndJob
    from faceswap.usecases.estimate_queue import EstimateQueue
    from faceswap.usecases.find_upload import FindUpload
    from faceswap.usecases.link_input import LinkInput
    from faceswap.usecases.list_jobs import ListJobs
    from faceswap.usecases.read_job import ReadJob
    from faceswap.usecases.read_result import ReadResult
    from faceswap.usecases.read_upload import ReadUpload
    from faceswap.usecases.receive_webhook import ReceiveWebhook
    from faceswap.usecases.release_slot import ReleaseSlot
    from faceswap.usecases.settle_job import SettleJob
    from faceswap.usecases.submit_job import SubmitContext, SubmitJob
    from faceswap.usecases.sweep_jobs import SweepJobs
    from faceswap.usecases.upload_landed import UploadLanded
    from faceswap.usecases.wake_job import WakeJob

_AWS = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    user_agent_extra=USER_AGENT,
)
_random = SystemRandom()


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def _new_bytes() -> bytes:
    return secrets.token_bytes(16)


class Container:
    """What both functions use."""

    def __init__(self, settings: Settings) -> None:
        self._common = settings

    # Stores, and the provider.

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        from faceswap.store.checksum import verify_checksums

        dynamodb = client("dynamodb", _AWS)
        verify_checksums(dynamodb)
        return dynamodb

    @cached_property
    def jobs(self) -> "JobStore":
        """The jobs."""
        from faceswap.store.jobs import JobStore

        return JobStore(self._dynamodb, self._common.jobs_table, self._common.retention)

    @cached_property
    def uploads(self) -> "UploadStore":
        """The uploads."""
        from faceswap.store.uploads import UploadStore

        return UploadStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def media(self) -> "MediaStore":
        """The media bucket."""
        from faceswap.store.media import S3_CONFIG, MediaStore

        return MediaStore(client("s3", _AWS.merge(S3_CONFIG)), self._common.media_bucket)

    @cached_property
    def slots(self) -> "SlotStore":
        """The slots at the provider."""
        from faceswap.store.slots import SlotStore

        common = self._common
        return SlotStore(self._dynamodb, common.jobs_table, common.provider_concurrency)

    @cached_property
    def executions(self) -> "ExecutionStore":
        """The state machine's executions."""
        from faceswap.store.executions import ExecutionStore

        return ExecutionStore(client("stepfunctions", _AWS), self._common.state_machine_arn)

    @cached_property
    def _secrets(self) -> "SecretStore":
        from faceswap.store.secrets import SecretStore

        return SecretStore(client("secretsmanager", _AWS))

    @cached_property
    def provider(self) -> "ModelsLabClient":
        """The provider."""
        from faceswap.provider.modelslab.client import ModelsLabClient

        return ModelsLabClient(self._common.provider_base_url)

    def provider_key(self) -> str:
        """The provider's key."""
        return self._secrets.get(self._common.provider_key_secret_arn)

    def provider_refused(self, reply: "Reply") -> None:
        """The provider does not take the key, so it is read anew; or it is elsewhere, so somebody is told where."""
        if reply.remedy == "replace_key":
            self._secrets.forget(self._common.provider_key_secret_arn)
        if reply.remedy == "update_address":
            count("ProviderMoved")
            logger.error("the provider redirects to another address", moved_to=reply.location)

    def webhook_secret(self) -> str:
        """What the tokens of our own addresses are made of."""
        return self._secrets.get(self._common.webhook_secret_arn)

    def webhook_secrets(self) -> Iterator[str]:
        """What the tokens of addresses that are in use may be made of, the likeliest first."""
        return self._secrets.versions(self._common.webhook_secret_arn)

    # Use cases.

    @cached_property
    def wake_job(self) -> "WakeJob":
        """Wakes jobs."""
        from faceswap.usecases.wake_job import WakeJob

        return WakeJob(jobs=self.jobs, executions=self.executions)

    @cached_property
    def release_slot(self) -> "ReleaseSlot":
        """Frees slots."""
        from faceswap.usecases.release_slot import ReleaseSlot

        return ReleaseSlot(slots=self.slots, jobs=self.jobs, wake_job=self.wake_job, clock=now)

    @cached_property
    def end_job(self) -> "EndJob":
        """Makes jobs final."""
        from faceswap.usecases.end_job import EndJob

        return EndJob(
            jobs=self.jobs,
            executions=self.executions,
            release_slot=self.release_slot,
            finished=_count_finished,
            clock=now,
        )


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
            limits=self.settings.upload_limits,
            retention_days=self.settings.upload_retention_days,
            clock=now,
            new_bytes=_new_bytes,
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
    def delete_upload(self) -> "DeleteUpload":
        """Gives uploads up."""
        from faceswap.usecases.delete_upload import DeleteUpload

        return DeleteUpload(uploads=self.uploads, jobs=self.jobs, media=self.media, clock=now)

    @cached_property
    def upload_landed(self) -> "UploadLanded":
        """Tells jobs that their upload has landed."""
        from faceswap.usecases.upload_landed import UploadLanded

        return UploadLanded(
            uploads=self.uploads,
            find=self._find_object,
            delete_object=self._delete_object,
            wake_job=self.wake_job,
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
            uploads=self.uploads,
            find_upload=self.find_upload,
            deadlines=self.settings.deadlines,
            allow_loopback=self.settings.allow_loopback_urls,
            clock=now,
            new_bytes=_new_bytes,
        )

    @cached_property
    def read_job(self) -> "ReadJob":
        """Reads jobs."""
        from faceswap.usecases.read_job import ReadJob

        return ReadJob(jobs=self.jobs)

    @cached_property
    def list_jobs(self) -> "ListJobs":
        """Lists jobs."""
        from faceswap.usecases.list_jobs import ListJobs

        return ListJobs(jobs=self.jobs)

    @cached_property
    def estimate_queue(self) -> "EstimateQueue":
        """Estimates when queued jobs are done."""
        from faceswap.usecases.estimate_queue import EstimateQueue

        return EstimateQueue(slots=self.slots, jobs=self.jobs, clock=now)

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
            media=self.media,
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

    def receipt_secret(self) -> str:
        """What keys the HMACs of consent receipts."""
        return self._secrets.get(self.settings.receipt_secret_arn)

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
        )

    @cached_property
    def submit_job(self) -> "SubmitJob":
        """Submits jobs."""
        from faceswap.usecases.submit_job import SubmitJob

        return SubmitJob(
            jobs=self.jobs,
            media=self.media,
            find_upload=self.find_upload,
            slots=self.slots,
            provider=self.provider,
            end_job=self.end_job,
            context=self.submit_context,
            deadlines=self.settings.deadlines,
            poll_limits=self.settings.poll_limits,
            enabled=self.settings.submitting_enabled,
            clock=now,
            random=_random.random,
        )

    def _submit_refused(self, reply: "Reply") -> None:
        """The provider takes no jobs: tell of it."""
        self.provider_refused(reply)
        if reply.remedy in {"replace_key", "fix_account"}:
            count("ProviderBlocked")


class ResultsContainer(Container):
    """What the results function uses."""

    def __init__(self, settings: ResultsSettings) -> None:
        super().__init__(settings)
        self.settings = settings

    @cached_property
    def receive_webhook(self) -> "ReceiveWebhook":
        """Takes webhooks."""
        from faceswap.provider.modelslab.webhook import read_webhook
        from faceswap.usecases.receive_webhook import ReceiveWebhook

        return ReceiveWebhook(
            jobs=self.jobs,
            read=read_webhook,
            wake_job=self.wake_job,
            secrets=self.webhook_secrets,
            clock=now,
        )

    @cached_property
    def archive_result(self) -> "ArchiveResult":
        """Copies results."""
        from faceswap.egress.download import HttpResultReader
        from faceswap.usecases.archive_result import ArchiveResult

        reader = HttpResultReader(
            allow_loopback=self.settings.allow_loopback_urls,
            max_bytes=self.settings.max_result_bytes,
        )
        return ArchiveResult(media=self.media, reader=reader, attempt=lambda: secrets.token_hex(8))

    @cached_property
    def settle_job(self) -> "SettleJob":
        """Cleans up after final jobs."""
        from faceswap.usecases.settle_job import SettleJob

        return SettleJob(media=self.media)

    @cached_property
    def drain_job(self) -> "DrainJob":
        """Does what is left for final jobs."""
        from faceswap.usecases.drain_job import DrainJob

        return DrainJob(
            jobs=self.jobs,
            provider=self.provider,
            provider_key=self.provider_key,
            refused=self.provider_refused,
            not_deleted=lambda: count("ProviderDeletionFailed"),
            release_slot=self.release_slot,
            settle_job=self.settle_job,
            job_deadline=timedelta(seconds=self.settings.job_deadline_seconds),
            clock=now,
        )

    @cached_property
    def collect_result(self) -> "CollectResult":
        """Collects results."""
        from faceswap.rules.decisions import CollectLimits
        from faceswap.usecases.collect_result import CollectResult

        limits = CollectLimits(
            job_deadline=timedelta(seconds=self.settings.job_deadline_seconds),
            input_url=timedelta(seconds=self.settings.input_url_seconds),
        )
        return CollectResult(
            jobs=self.jobs,
            media=self.media,
            provider=self.provider,
            provider_key=self.provider_key,
            refused=self.provider_refused,
            archive_result=self.archive_result,
            end_job=self.end_job,
            settle_job=self.settle_job,
            drain_job=self.drain_job,
            limits=limits,
            poll_limits=self.settings.poll_limits,
            clock=now,
            random=_random.random,
        )

    @cached_property
    def sweep_jobs(self) -> "SweepJobs":
        """Helps jobs that no execution works for."""
        from faceswap.usecases.sweep_jobs import SweepJobs

        return SweepJobs(
            jobs=self.jobs,
            executions=self.executions,
            wake_job=self.wake_job,
            clock=now,
        )


def _count_finished(before: Job, job: Job) -> None:
    """Who brought the news that a job is over; many polls and few webhooks tell of an outage of webhooks."""
    if job.status == "cancelled":
        return
    if before.evidence_succeeded or before.evidence_failed:
        count("FinishedByWebhook")
    elif job.status == "succeeded" and not before.evidence_immediate:
        count("FinishedByPoll")


@cache
def jobs_container() -> JobsContainer:
    """The jobs function's parts, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return JobsContainer(JobsSettings.read(os.environ))


@cache
def results_container() -> ResultsContainer:
    """The results function's parts, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return ResultsContainer(ResultsSettings.read(os.environ))
