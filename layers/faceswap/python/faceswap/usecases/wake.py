"""Wake a job: the one way in which a message makes somebody look (architecture, the state machine)."""

from faceswap.rules.job import Evidence, Job
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore


def wake(
    job_id: str, *, jobs: JobStore, executions: ExecutionStore, **evidence: Evidence
) -> Job | None:
    """Count a reason to look, with what the message said, and end the wait if somebody waits.

    Returns:
        The job after that; a final job is left alone; None if there is none.
    """
    job = jobs.wake(job_id, **evidence)
    if job is not None and not job.is_final:
        executions.wake(job.task_token)
    return job
