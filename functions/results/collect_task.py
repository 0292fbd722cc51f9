"""The Collect task of the state machine."""

from typing import TYPE_CHECKING, Any

from faceswap.container.results import results_container
from faceswap.telemetry import count, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_SECONDS_TO_END = 60


def collect(job_id: str, context: "LambdaContext", *, paused: bool) -> dict[str, Any]:
    """Poll about a job once. Answers a `NextStep`. `paused`: a task failed before, and was put off."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000 - _SECONDS_TO_END

    logger.append_keys(job_id=job_id)
    if paused:
        count("PauseEntered")
    step = results_container().collect_result.run(
        job_id, seconds_left=seconds_left, after_failure=paused
    )
    told = step.model_dump(exclude_none=True)
    logger.info("polled", **told)
    return told
