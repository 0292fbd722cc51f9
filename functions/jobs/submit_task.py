"""The Submit task of the state machine."""

from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.telemetry import logger


def submit(job_id: str, public_base_url: str) -> dict[str, Any]:
    """Submit a job if it is time. Answers a `NextStep`."""
    logger.append_keys(job_id=job_id)
    step = jobs_container().submit_job.run(job_id, public_base_url).model_dump(exclude_none=True)
    logger.info("submitted if it was time", **step)
    return step
