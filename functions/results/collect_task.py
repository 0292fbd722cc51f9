"""The Collect task of the state machine."""

from typing import Any

from faceswap.services import results_services
from faceswap.telemetry import logger


def collect(job_id: str) -> dict[str, Any]:
    """Look at a job once. Answers `{next, look_after, seen}`."""
    logger.append_keys(job_id=job_id)
    turn = results_services().collector.collect(job_id)
    logger.info("looked at a job", next=turn.next, look_after=turn.look_after, seen=turn.seen)
    return turn.model_dump()
