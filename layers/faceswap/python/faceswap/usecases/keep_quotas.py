"""Keep owners within their limits: what they make is counted in the write that makes it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from faceswap.ports.jobs import Jobs
from faceswap.ports.quotas import OverQuotaError
from faceswap.ports.uploads import Uploads
from faceswap.rules.job import Job
from faceswap.rules.quotas import ONE_JOB, OwnerDay, Quotas, Usage, comes_near, refusal
from faceswap.rules.uploads import Upload


class KeepQuotas:
    """Holds owners to their limits. `refused` is told of each refusal, `near` when an owner comes near to a limit."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        uploads: Uploads,
        quotas: Quotas,
        refused: Callable[[], object],
        near: Callable[[], object],
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._refused = refused
        self._near = near
        self.quotas = quotas

    def of(self, owner: str, now: datetime) -> OwnerDay:
        """Whose counters count now."""
        return OwnerDay(owner, now.astimezone(UTC).date())

    def is_over(self, usage: Usage) -> bool:
        """Whether an owner of whom so much is counted may make no further job."""
        return bool(self.quotas.over(usage, ONE_JOB))

    def check_job(self, usage: Usage, now: datetime) -> None:
        """See, before anything is written, whether an owner of whom so much is counted may make one more job.

        Raises:
            QuotaError: he may not.
        """
        violated = self.quotas.over(usage, ONE_JOB)
        if violated:
            self._refused()
            raise refusal(self.quotas, violated, now)
        if comes_near(self.quotas, usage, ONE_JOB):
            self._near()

    def marked(self, job: Job, now: datetime) -> Job:
        """The new job with what is to be counted of it."""
        limits = self.quotas
        day = now.astimezone(UTC).date() if limits.jobs_a_day is not None else None
        marks = {"counted_on": day, "counted_open": limits.open_jobs is not None}
        return job.model_copy(update=marks)

    def create_job(self, job: Job, now: datetime) -> Job | None:
        """Store a new job and count what is marked. Returns as `Jobs.create` does.

        Raises:
            QuotaError: the owner is at a limit by now.
            BusyError: he counts so much at once that it could not be written.
        """
        with self._told(now):
            return self._jobs.create(job, self.quotas)

    def create_upload(self, upload: Upload, *, forget_at: datetime) -> None:
        """Store a new upload and count it.

        Raises:
            QuotaError, BusyError: as `create_job` does.
        """
        with self._told(upload.created_at):
            self._uploads.create(upload, forget_at=forget_at, quotas=self.quotas)

    @contextmanager
    def _told(self, now: datetime) -> Iterator[None]:
        try:
            yield
        except OverQuotaError as error:
            self._refused()
            raise refusal(self.quotas, error.violated, now) from None
