"""The Submit task of the state machine."""

from typing import Any

from faceswap.services import jobs_services
from faceswap.telemetry import logger


def submit(job_id: str, public_base_url: str) -> dict[str, Any]:
    """Submit a job if it is time. Answers `{look_after, seen}`."""
    logger.append_keys(job_id=job_id)
    services = jobs_services()
    sleep = services.submitter.submit(job_id, services.sender(public_base_url))
    logger.info("looked at a job to submit", look_after=sleep.look_after, seen=sleep.seen)
    return sleep.model_dump()
