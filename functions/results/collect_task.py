"""The Collect task of the state machine."""

from typing import Any

from faceswap.container import results_container
from faceswap.telemetry import count, logger


def collect(job_id: str, *, paused: bool) -> dict[str, Any]:
    """Poll about a job once. Answers a `NextStep`. `paused`: a task failed before, and was put off."""
    logger.append_keys(job_id=job_id)
    if paused:
        count("PauseEntered")
    step = results_container().collect_result.run(job_id).model_dump(exclude_none=True)
    logger.info("polled", **step)
    return step
