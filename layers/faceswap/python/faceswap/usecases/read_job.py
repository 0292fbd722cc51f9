"""Find a job for its owner."""

from faceswap.ports.jobs import Jobs
from faceswap.rules.errors import NotFoundError
from faceswap.rules.ids import is_job_id
from faceswap.rules.job import Job


class ReadJob:
    """Reads one job."""

    def __init__(self, *, jobs: Jobs) -> None:
        self._jobs = jobs

    def run(self, job_id: str, owner: str) -> Job:
        """The owner's job.

        Raises:
            NotFoundError: there is none, it is somebody else's, or it was deleted.
        """
        job = self._jobs.get(job_id) if is_job_id(job_id) else None
        if job is None or job.owner != owner or job.erased_at:
            raise NotFoundError("There is no such job.")
        return job
