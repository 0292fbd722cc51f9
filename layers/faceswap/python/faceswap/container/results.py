"""What the results function is wired of."""

import os
import secrets
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from faceswap.container.common import Container, now, random
from faceswap.settings import ResultsSettings
from faceswap.telemetry import count

if TYPE_CHECKING:
    from faceswap.usecases.archive_result import ArchiveResult
    from faceswap.usecases.collect_result import CollectResult
    from faceswap.usecases.drain_job import DrainJob
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
    def sweep_jobs(self) -> "SweepJobs":
        """Helps jobs that no execution works for."""
        from faceswap.usecases.sweep_jobs import SweepJobs

        return SweepJobs(
            jobs=self.jobs,
            executions=self.executions,
            wake_job=self.wake_job,
            clock=now,
        )


@cache
def results_container() -> ResultsContainer:
    """The results function's parts, by its environment.

    Raises:
        SettingsError: names what is missing or malformed in it.
    """
    return ResultsContainer(ResultsSettings.read(os.environ))
