"""Wiring: stores, provider and use cases out of the settings, each made on first use and then kept."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, cached_property
from random import SystemRandom
from typing import TYPE_CHECKING

from botocore.config import Config

from faceswap import USER_AGENT
from faceswap.rules.job import Job
from faceswap.settings import JobsSettings, ResultsSettings, Settings
from faceswap.store.aws import client
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.store.media import S3_CONFIG, MediaStore
from faceswap.store.secrets import SecretStore
from faceswap.store.uploads import UploadStore
from faceswap.store.whole import insist_on_whole_answers
from faceswap.telemetry import count, logger

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from faceswap.provider.modelslab.client import ProviderClient
    from faceswap.rules.reply import Reply
    from faceswap.usecases.collect_result import ResultCollector
    from faceswap.usecases.create_job import JobCreator
    from faceswap.usecases.delete_job import JobEraser
    from faceswap.usecases.room import Room
    from faceswap.usecases.submit_job import JobSubmitter, Sender
    from faceswap.usecases.sweep_jobs import JobSweeper

_AWS = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    user_agent_extra=USER_AGENT,
)
_DOWNLOAD_SECONDS = 600.0
_random = SystemRandom()


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


class Services:
    """What both functions use."""

    def __init__(self, settings: Settings) -> None:
        self._common = settings

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        dynamodb = client("dynamodb", _AWS)
        insist_on_whole_answers(dynamodb)
        return dynamodb

    @cached_property
    def jobs(self) -> JobStore:
        """The jobs."""
        return JobStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def uploads(self) -> UploadStore:
        """The uploads."""
        return UploadStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def bucket(self) -> MediaStore:
        """The media bucket."""
        s3 = client("s3", _AWS.merge(S3_CONFIG))
        return MediaStore(s3, self._common.media_bucket)

    @cached_property
    def executions(self) -> ExecutionStore:
        """The state machine's executions."""
        stepfunctions = client("stepfunctions", _AWS)
        return ExecutionStore(stepfunctions, self._common.state_machine_arn)

    @cached_property
    def _secrets(self) -> SecretStore:
        return SecretStore(client("secretsmanager", _AWS))

    @cached_property
    def provider(self) -> "ProviderClient":
        """The provider."""
        from faceswap.provider.modelslab.client import ProviderClient

        return ProviderClient(self._common.provider_base_url)

    @cached_property
    def room(self) -> "Room":
        """Room at the provider."""
        from faceswap.store.slots import SlotStore
        from faceswap.usecases.room import Room

        common = self._common
        slots = SlotStore(self._dynamodb, common.jobs_table, common.provider_concurrency)
        return Room(slots=slots, jobs=self.jobs, executions=self.executions, clock=now)

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


class JobsServices(Services):
    """What λ jobs uses."""

    def __init__(self, settings: JobsSettings) -> None:
        super().__init__(settings)
        self.settings = settings

    @cached_property
    def creator(self) -> "JobCreator":
        """Makes jobs."""
        from faceswap.usecases.create_job import JobCreator

        return JobCreator(
            jobs=self.jobs,
            uploads=self.uploads,
            bucket=self.bucket,
            deadlines=self.settings.deadlines,
            allow_loopback=self.settings.allow_loopback_urls,
        )

    @cached_property
    def submitter(self) -> "JobSubmitter":
        """Submits jobs."""
        from faceswap.usecases.submit_job import JobSubmitter

        return JobSubmitter(
            jobs=self.jobs,
            bucket=self.bucket,
            provider=self.provider,
            deadlines=self.settings.deadlines,
            looks=self.settings.looks,
            room=self.room,
            input_url_seconds=self.settings.input_url_seconds,
            input_links=self.settings.input_links,
            enabled=self.settings.submitting_enabled,
            clock=now,
            random=_random.random,
        )

    @cached_property
    def eraser(self) -> "JobEraser":
        """Erases jobs."""
        from faceswap.usecases.delete_job import JobEraser

        return JobEraser(
            jobs=self.jobs,
            uploads=self.uploads,
            bucket=self.bucket,
            executions=self.executions,
            provider=self.provider,
            provider_key=self.provider_key,
        )

    def sender(self, public_base_url: str) -> "Sender":
        """What a submit needs beside the job."""
        from faceswap.usecases.submit_job import Sender

        return Sender(public_base_url, self.provider_key, self.webhook_secret, self._refused)

    def _refused(self, reply: "Reply") -> None:
        """The provider takes no jobs: tell of it."""
        self.provider_refused(reply)
        if reply.remedy in {"replace_key", "fix_account"}:
            count("ProviderLaneBlocked")


class ResultsServices(Services):
    """What λ results uses."""

    def __init__(self, settings: ResultsSettings) -> None:
        super().__init__(settings)
        self.settings = settings

    @cached_property
    def collector(self) -> "ResultCollector":
        """Collects results."""
        from faceswap.egress.download import ResultReader
        from faceswap.usecases.archive_result import ResultArchive
        from faceswap.usecases.collect_result import ResultCollector

        reader = ResultReader(
            allow_loopback=self.settings.allow_loopback_urls,
            largest=self.settings.max_result_bytes,
            seconds=_DOWNLOAD_SECONDS,
        )
        archive = ResultArchive(
            bucket=self.bucket, reader=reader, attempt=lambda: secrets.token_hex(8)
        )
        return ResultCollector(
            jobs=self.jobs,
            archive=archive,
            provider=self.provider,
            provider_key=self.provider_key,
            refused=self.provider_refused,
            job_deadline_seconds=self.settings.job_deadline_seconds,
            input_url_seconds=self.settings.input_url_seconds,
            room=self.room,
            looks=self.settings.looks,
            finished=_count_finished,
            clock=now,
            random=_random.random,
        )

    @cached_property
    def sweeper(self) -> "JobSweeper":
        """Finds jobs that nobody looks after."""
        from faceswap.usecases.sweep_jobs import JobSweeper

        return JobSweeper(
            jobs=self.jobs, executions=self.executions, collector=self.collector, clock=now
        )


def _count_finished(job: Job) -> None:
    """Who brought the news that a job is over; many looks and few webhooks tell of an outage of webhooks."""
    if job.evidence_succeeded or job.evidence_failed:
        count("FinishedByWebhook")
    elif job.status == "succeeded" and not job.evidence_immediate:
        count("FinishedByLook")


@cache
def jobs_services() -> JobsServices:
    """λ jobs' services, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return JobsServices(JobsSettings.read(os.environ))


@cache
def results_services() -> ResultsServices:
    """λ results' services, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return ResultsServices(ResultsSettings.read(os.environ))
