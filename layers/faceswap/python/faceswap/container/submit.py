"""What the jobs function is wired of: the queue and the submit."""

from functools import cached_property
from time import sleep
from typing import TYPE_CHECKING

from faceswap.container.common import now, random
from faceswap.container.uploads import UploadsContainer
from faceswap.telemetry import count, gauge, logger

if TYPE_CHECKING:
    from datetime import datetime

    from faceswap.rules.job import Job
    from faceswap.rules.reply import Reply
    from faceswap.usecases.enter_queue import EnterQueue
    from faceswap.usecases.hold_queue import HoldQueue
    from faceswap.usecases.lift_hold import LiftHold
    from faceswap.usecases.link_input import LinkInput
    from faceswap.usecases.retry import Retry
    from faceswap.usecases.send_queued import SendQueued
    from faceswap.usecases.submit_job import SubmitContext, SubmitJob


class SubmitContainer(UploadsContainer):
    """What sends jobs to the provider, and what lets them wait."""

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
            not_recorded=_not_recorded,
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
            retry=self._retry,
            deadlines=self.settings.deadlines,
            poll_limits=self.settings.poll_limits,
            enabled=self.settings.submitting_enabled,
            clock=now,
            random=random,
        )

    @cached_property
    def send_queued(self) -> "SendQueued":
        """Sends who waits in the queue."""
        from faceswap.usecases.send_queued import SendQueued

        return SendQueued(
            admission=self.admission,
            dispatch_slots=self.dispatch_slots,
            jobs=self.jobs,
            executions=self.executions,
            wake_job=self.wake_job,
            submit_job=lambda: self.submit_job,
            retry=self._retry,
            failed=_not_sent,
            clock=now,
        )

    @property
    def _retry(self) -> "Retry":
        from faceswap.usecases.retry import Retry

        return Retry(sleep=sleep, random=random)

    def _submit_refused(self, reply: "Reply") -> None:
        """The provider takes no jobs: tell of it."""
        self.provider_refused(reply)
        if reply.remedy in {"replace_key", "fix_account"}:
            count("ProviderBlocked")


def _not_sent(job_id: str) -> None:
    """A queued job could not be sent: the next scheduled dispatch comes soon."""
    logger.exception("a queued job could not be sent", job_id=job_id)


def _not_recorded() -> None:
    """The provider's answer to a submit could not be written down, and is tried again."""
    logger.exception("the provider's answer could not be written down")
