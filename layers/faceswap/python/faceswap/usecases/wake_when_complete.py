"""Wake a job that waits for its inputs once the last of them is there."""

from faceswap.ports.jobs import Jobs
from faceswap.rules.job import Job
from faceswap.usecases.find_input import FindInput
from faceswap.usecases.wake_job import WakeJob


class WakeWhenComplete:
    """Wakes jobs; one whose other inputs are still to come sleeps on."""

    def __init__(self, *, jobs: Jobs, find_input: FindInput, wake_job: WakeJob) -> None:
        self._jobs = jobs
        self._find_input = find_input
        self._wake_job = wake_job

    def run(self, job_id: str) -> None:
        """Wake the job unless it waits for something else. Of two landings at once the later one sees both.

        If each sees both, that counts as one wake-up: who has woken for two is not woken for a slot.
        """
        job = self._jobs.get(job_id)
        if job and job.status == "awaiting_upload" and not self._lacks_any(job):
            self._wake_job.run(job_id, only_in="awaiting_upload", seen=job.wakeup_count)

    def _lacks_any(self, job: Job) -> bool:
        """Whether something is still to come; what was given up, or cannot be used, is not."""
        found = (self._find_input.run(media, purpose) for purpose, media in job.stored.items())
        return any(each and each.landed is None and each.mismatch is None for each in found)
