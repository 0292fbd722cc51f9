"""The scheduled dispatch, once a minute."""

from typing import TYPE_CHECKING

from faceswap.container.jobs import jobs_container
from faceswap.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_TIME_TO_SUBMIT_MILLISECONDS = 120_000


def send_queued(public_base_url: str, context: "LambdaContext") -> None:
    """Send those who wait, while there is time for one more submit."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _TIME_TO_SUBMIT_MILLISECONDS

    tried = jobs_container().send_queued.run(public_base_url, has_time=has_time)
    if tried:
        logger.info("tried to send queued jobs", tried=tried)
