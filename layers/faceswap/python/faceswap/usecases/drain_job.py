"""What is left to do for a job that is over for its owner: until the provider is done, and has deleted what it made."""

from collections.abc import Callable
from datetime import datetime, timedelta

from faceswap.ports.jobs import Jobs
from faceswap.ports.provider import Provider
from faceswap.rules import retry_limits
from faceswap.rules.draining import after_drain_poll, after_refused_deletion, is_done_unasked
from faceswap.rules.job import Job, ProviderDeletion
from faceswap.rules.reply import Reply
from faceswap.usecases.release_slot import ReleaseSlot
from faceswap.usecases.settle_job import SettleJob


class DrainJob:
    """Drains final jobs, a step at a time. Nothing is copied, and no status changes.

    `refused` is told of answers that say that the key does not count or that the provider is elsewhere, `not_deleted`
    when the provider has refused to delete for good.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        provider: Provider,
        provider_key: Callable[[], str],
        refused: Callable[[Reply], object],
        not_deleted: Callable[[], object],
        release_slot: ReleaseSlot,
        settle_job: SettleJob,
        job_deadline: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._provider = provider
        self._provider_key = provider_key
        self._refused = refused
        self._not_deleted = not_deleted
        self._release_slot = release_slot
        self._settle_job = settle_job
        self._job_deadline = job_deadline
        self._clock = clock

    def run(self, job: Job, *, cleans: bool) -> Job | None:
        """Ask the provider where needed; once it is done, give the slot back and close the job.

        Args:
            job: final, and open.
            cleans: whether to give the slot back and to delete copies; where that fails for long, the lease's end and
                the bucket's lifecycle do it.

        Returns:
            The job after that, still draining if there is more to wait for; None if it moved since it was read.
        """
        if not is_done_unasked(job, self._clock()):
            polled = self._poll(job)
            if polled is None or not polled.provider_done:
                return polled
            job = polled
        if cleans:
            self._release_slot.run(job)
            self._settle_job.run(job)
        deletion = job.provider_deletion
        if job.erased_at and deletion is None:
            deletion = self._delete(job)
            if deletion is None:
                return self._jobs.note(
                    job, provider_done=True, **after_refused_deletion(job, self._clock())
                )
        return self._jobs.close(job, self._clock(), deletion)

    def _poll(self, job: Job) -> Job | None:
        """The job after one poll; as it is while nobody knows by what id the provider knows it."""
        request_id = job.request_id or job.reported_request_id
        if request_id is None:
            return job
        reply = self._provider.fetch(self._provider_key(), request_id)
        if reply.remedy in {"replace_key", "update_address"}:
            self._refused(reply)
        fields = after_drain_poll(job, reply, self._clock(), self._job_deadline)
        return self._jobs.note(job, request_id=request_id, **fields)

    def _delete(self, job: Job) -> ProviderDeletion | None:
        """What became of asking the provider to delete what it made; None if it is to be asked again."""
        request_id = job.request_id or job.reported_request_id or job.late_request_id
        if request_id is None:
            return "not_applicable"
        if self._provider.delete(self._provider_key(), request_id):
            return "done"
        if not retry_limits.deletion_is_hopeless(job, self._clock()):
            return None
        self._not_deleted()
        return "refused"
