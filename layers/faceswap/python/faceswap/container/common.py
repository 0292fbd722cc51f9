"""What both functions use, made on first use and then kept.

What a part is made of is imported where it is made: a cold start loads only what its event needs.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import SystemRandom
from typing import TYPE_CHECKING

from botocore.config import Config

from faceswap import USER_AGENT
from faceswap.rules.job import Job
from faceswap.settings import Settings
from faceswap.store.aws import client, retry_conflicts
from faceswap.telemetry import count, gauge, logger

if TYPE_CHECKING:
    from decimal import Decimal

    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

    from faceswap.provider.modelslab.client import ModelsLabClient
    from faceswap.rules.reply import Reply
    from faceswap.store.admission import AdmissionStore
    from faceswap.store.callback_secrets import CallbackSecretStore
    from faceswap.store.deliveries import DeliveryStore
    from faceswap.store.executions import ExecutionStore
    from faceswap.store.inbox import InboxStore
    from faceswap.store.job_lists import JobListStore
    from faceswap.store.jobs import JobStore
    from faceswap.store.media import MediaStore
    from faceswap.store.queue import QueueStore
    from faceswap.store.secrets import SecretStore
    from faceswap.store.uploads import UploadStore
    from faceswap.usecases.callback_secrets import CallbackSecrets
    from faceswap.usecases.correct_answer import CorrectAnswer
    from faceswap.usecases.dispatch_slots import DispatchSlots
    from faceswap.usecases.end_job import EndJob
    from faceswap.usecases.keep_budget import KeepBudget
    from faceswap.usecases.release_slot import ReleaseSlot
    from faceswap.usecases.wake_job import WakeJob

AWS = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    user_agent_extra=USER_AGENT,
)
random = SystemRandom().random


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def new_bytes() -> bytes:
    """16 random bytes."""
    return secrets.token_bytes(16)


class Container:
    """What both functions use."""

    def __init__(self, settings: Settings) -> None:
        self._common = settings

    # Stores, and the provider.

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        from faceswap.store.checksum import verify_checksums

        dynamodb = client("dynamodb", AWS)
        verify_checksums(dynamodb)
        retry_conflicts(dynamodb)
        return dynamodb

    @cached_property
    def jobs(self) -> "JobStore":
        """The jobs."""
        from faceswap.store.jobs import JobStore

        return JobStore(
            self._dynamodb,
            self._common.jobs_table,
            self._common.retention,
            announces_all=self._common.events_out == "all",
            tells_cost=self._common.price_per_job > 0,
        )

    @cached_property
    def job_lists(self) -> "JobListStore":
        """Lists of jobs."""
        from faceswap.store.job_lists import JobListStore

        return JobListStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def uploads(self) -> "UploadStore":
        """The uploads."""
        from faceswap.store.uploads import UploadStore

        return UploadStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def media(self) -> "MediaStore":
        """The media bucket."""
        from faceswap.store.media import MediaStore

        return MediaStore(self._s3, self._common.media_bucket)

    @cached_property
    def _s3(self) -> "S3Client":
        from faceswap.store.media import S3_CONFIG

        return client("s3", AWS.merge(S3_CONFIG))

    @cached_property
    def admission(self) -> "AdmissionStore":
        """The slots at the provider."""
        from faceswap.store.admission import AdmissionStore

        common = self._common
        return AdmissionStore(self._dynamodb, common.jobs_table, common.provider_concurrency)

    @cached_property
    def queue(self) -> "QueueStore":
        """Who waits for a slot."""
        from faceswap.store.queue import QueueStore

        return QueueStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def inbox(self) -> "InboxStore":
        """What is known of the inbox."""
        from faceswap.store.inbox import InboxStore

        return InboxStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def correct_answer(self) -> "CorrectAnswer":
        """Lets the newest writing of a manifest have the last word."""
        from faceswap.usecases.correct_answer import CorrectAnswer

        return CorrectAnswer(jobs=self.jobs, inbox=self.inbox, media=self.media)

    @cached_property
    def deliveries(self) -> "DeliveryStore":
        """The deliveries of callbacks."""
        from faceswap.store.deliveries import DeliveryStore

        common = self._common
        return DeliveryStore(self._dynamodb, common.jobs_table, common.job_retention_days)

    @cached_property
    def callback_secrets(self) -> "CallbackSecrets":
        """The secrets that sign callbacks."""
        from faceswap.usecases.callback_secrets import CallbackSecrets

        return CallbackSecrets(
            numbers=self.secret_numbers,
            stack_secrets=lambda: self._secrets.versions(self._common.callback_secret_arn),
            clock=now,
        )

    @cached_property
    def secret_numbers(self) -> "CallbackSecretStore":
        """Which of each owner's secrets is the newest."""
        from faceswap.store.callback_secrets import CallbackSecretStore

        return CallbackSecretStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def executions(self) -> "ExecutionStore":
        """The state machine's executions."""
        from faceswap.store.executions import ExecutionStore

        return ExecutionStore(client("stepfunctions", AWS), self._common.state_machine_arn)

    @cached_property
    def _secrets(self) -> "SecretStore":
        from faceswap.store.secrets import SecretStore

        return SecretStore(client("secretsmanager", AWS))

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

    def receipt_secret(self) -> str:
        """What keys the HMACs of consent receipts, and makes links that last: it is not changed with the others."""
        return self._secrets.get(self._common.receipt_secret_arn)

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

        return ReleaseSlot(
            admission=self.admission,
            dispatch_slots=self.dispatch_slots,
            clock=now,
        )

    @cached_property
    def lease(self) -> timedelta:
        """After which time a lease of a slot ends by itself."""
        from faceswap.rules.queue import LEASE_MARGIN

        return timedelta(seconds=self._common.job_deadline_seconds) + LEASE_MARGIN

    @cached_property
    def dispatch_slots(self) -> "DispatchSlots":
        """Hands slots over."""
        from faceswap.usecases.dispatch_slots import DispatchSlots

        return DispatchSlots(
            admission=self.admission,
            queue=self.queue,
            jobs=self.jobs,
            wake_job=self.wake_job,
            lease=self.lease,
            enabled=self._common.submitting_enabled,
            failed=_not_dispatched,
            clock=now,
        )

    @property
    def keep_budget(self) -> "KeepBudget | None":
        """Keeps the stack within its budget; None where there is none."""
        return self.look_after_budget if self._daily_budget else None

    @cached_property
    def look_after_budget(self) -> "KeepBudget":
        """The same, also where there is no budget any more, and jobs may wait for one."""
        from faceswap.store.budget import BudgetStore
        from faceswap.usecases.keep_budget import KeepBudget

        return KeepBudget(
            admission=self.admission,
            budgets=BudgetStore(self._dynamodb, self._common.jobs_table),
            dispatch_slots=self.dispatch_slots,
            daily=self._daily_budget,
            price=self._common.price_per_job,
            currency=self._common.price_currency,
            used=lambda percent: gauge("BudgetUsed", percent),
            clock=now,
        )

    @property
    def _daily_budget(self) -> "Decimal | None":
        """What may be spent in a day; a budget without a price bounds nothing."""
        return (self._common.price_per_job and self._common.daily_budget) or None

    @cached_property
    def end_job(self) -> "EndJob":
        """Makes jobs final."""
        from faceswap.usecases.end_job import EndJob

        return EndJob(
            jobs=self.jobs,
            executions=self.executions,
            queue=self.queue,
            release_slot=self.release_slot,
            finished=_count_finished,
            clock=now,
        )


def _count_finished(before: Job, job: Job) -> None:
    """Count how the end of a job became known."""
    from faceswap.rules.finish import finished_by

    by = finished_by(before, job)
    if by == "webhook":
        count("FinishedByWebhook")
    elif by == "poll":
        count("FinishedByPoll")


def _not_dispatched(job_id: str) -> None:
    """A job in the queue that could not be read or woken: it needs a person."""
    logger.exception("a job in the queue is broken", job_id=job_id)
