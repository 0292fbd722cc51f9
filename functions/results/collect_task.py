"""The Collect task of the state machine."""

from typing import Any

from faceswap.services import results_services
from faceswap.telemetry import count, logger


def collect(job_id: str, *, paused: bool) -> dict[str, Any]:
    """Look at a job once. Answers `{next, look_after, seen}`. `paused`: a task failed before, and was put off."""
    logger.append_keys(job_id=job_id)
    if paused:
        count("PauseEntered")
    turn = results_services().collector.collect(job_id)
    logger.info("looked at a job", next=turn.next, look_after=turn.look_after, seen=turn.seen)
    return turn.model_dump()
