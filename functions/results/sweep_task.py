"""The hourly sweep."""

from typing import TYPE_CHECKING

from faceswap.container.results import results_container
from faceswap.telemetry import count, logger, measure

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_TIME_TO_END_MILLISECONDS = 120_000


def sweep(context: "LambdaContext") -> None:
    """Help every job that no execution works for; what there is no time for waits an hour."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _TIME_TO_END_MILLISECONDS

    def failed(job_id: str) -> None:
        logger.exception("a job could not be swept", job_id=job_id)
        count("SweepFailures")

    swept = results_container().sweep_jobs.run(has_time=has_time, failed=failed)
    measure("OverdueSeconds", swept.overdue_seconds)
    count("JobsSwept", swept.helped)
    logger.info("swept", helped=swept.helped, overdue_seconds=swept.overdue_seconds)
