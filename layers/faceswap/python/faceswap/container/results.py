"""What the results function is wired of."""

import os
import secrets
import time
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from faceswap.container.common import AWS, Container, now, random
from faceswap.settings import ResultsSettings
from faceswap.store.aws import client
from faceswap.telemetry import count, logger

if TYPE_CHECKING:
    from faceswap.rules.callbacks import Answer, CallbackMessage, Outcome
    from faceswap.rules.job import Job
    from faceswap.store.callback_queue import CallbackQueueStore
    from faceswap.usecases.answer_manifest import AnswerManifest
    from faceswap.usecases.archive_result import ArchiveResult
    from faceswap.usecases.collect_result import CollectResult
    from faceswap.usecases.deliver_callback import DeliverCallback
    from faceswap.usecases.drain_job import DrainJob
    from faceswap.usecases.post_callback import MakeBody, PostCallback
    from faceswap.usecases.receive_webhook import ReceiveWebhook
    from faceswap.usecases.settle_job import SettleJob
    from faceswap.usecases.sweep_jobs import SweepJobs


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
            provider_key=self.provider_key,
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
            random=random,
        )

    @cached_property
    def callback_queue(self) -> "CallbackQueueStore":
        """The queue of callbacks."""
        from faceswap.store.callback_queue import CallbackQueueStore

        settings = self.settings
        return CallbackQueueStore(
            client("sqs", AWS), settings.callback_queue_url, settings.callback_dead_letters_url
        )

    @cached_property
    def post_callback(self) -> "PostCallback":
        """Posts callbacks to clients' addresses."""
        from faceswap.contract.callbacks import callback_body

        return self._posting(callback_body)

    @cached_property
    def post_vendor_callback(self) -> "PostCallback":
        """Posts callbacks to clients' addresses as the vendor's contract has it."""
        from faceswap.contract.vendor import webhook_body

        return self._posting(webhook_body)

    def _posting(self, body: "MakeBody") -> "PostCallback":
        from faceswap.egress.callbacks import HttpCallbackSender
        from faceswap.usecases.post_callback import PostCallback

        return PostCallback(
            sender=HttpCallbackSender(allow_loopback=self.settings.allow_loopback_urls),
            callback_secrets=self.callback_secrets,
            link_secret=self.receipt_secret,
            body=body,
            clock=now,
        )

    @cached_property
    def answer_manifest(self) -> "AnswerManifest":
        """Answers manifests."""
        from faceswap.usecases.answer_manifest import AnswerManifest

        return AnswerManifest(
            jobs=self.jobs,
            inbox=self.inbox,
            media=self.media,
            correct_answer=self.correct_answer,
            link_secret=self.receipt_secret,
            superseded=lambda: count("ManifestsSuperseded"),
        )

    def _post_vendor_callback(self, job: "Job", message: "CallbackMessage") -> "Answer":
        """The vendor's webhook as a way to tell of a job's end, whose parts are made only then."""
        return self.post_vendor_callback.run(job, message)

    def _answer_manifest(self, job: "Job", message: "CallbackMessage") -> "Answer":
        """The outbox as a way to tell of a job's end, and the address if one was named; both may be tried again."""
        from faceswap.rules.callbacks import UNWRITTEN, Answer

        began = time.monotonic()
        if not message.posts_only:
            try:
                self.answer_manifest.run(job, message.public_base_url)
            except (BotoCoreError, ClientError):
                logger.exception("a manifest could not be answered", job_id=job.job_id)
                return Answer(seconds=time.monotonic() - began, trouble=UNWRITTEN)
        if job.callback_url and not job.callback_is_cut:
            return self.post_callback.run(job, message)
        return Answer(seconds=time.monotonic() - began)

    @cached_property
    def deliver_callback(self) -> "DeliverCallback":
        """Delivers callbacks."""
        from faceswap.rules.callbacks import MOST_AT_A_SLOW_ONE, MOST_AT_ONCE
        from faceswap.store.slots import OwnerSlotStore, SlowReceiverStore
        from faceswap.usecases.deliver_callback import DeliverCallback

        return DeliverCallback(
            jobs=self.jobs,
            deliveries=self.deliveries,
            slots=OwnerSlotStore(self._dynamodb, self.settings.jobs_table, MOST_AT_ONCE),
            receivers=SlowReceiverStore(
                self._dynamodb, self.settings.jobs_table, MOST_AT_A_SLOW_ONE
            ),
            queue=self.callback_queue,
            ways={
                "url": self.post_callback.run,
                "outbox": self._answer_manifest,
                "vendor": self._post_vendor_callback,
            },
            told=_count_tried,
            schedule=self.settings.callback_schedule,
            clock=now,
            random=random,
            new_token=lambda: secrets.token_hex(4),
        )

    @cached_property
    def sweep_jobs(self) -> "SweepJobs":
        """Helps jobs that no execution works for."""
        from faceswap.usecases.sweep_jobs import SweepJobs

        return SweepJobs(
            jobs=self.jobs,
            job_lists=self.job_lists,
            executions=self.executions,
            wake_job=self.wake_job,
            dispatch_slots=self.dispatch_slots,
            clock=now,
            keep_budget=self.look_after_budget,
        )


def _count_tried(then: "Outcome") -> None:
    """How callbacks fare."""
    if then.status == "exhausted":
        count("CallbacksExhausted")
    elif then.status == "delivered":
        count("CallbacksDelivered")


@cache
def results_container() -> ResultsContainer:
    """The results function's parts, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return ResultsContainer(ResultsSettings.read(os.environ))
