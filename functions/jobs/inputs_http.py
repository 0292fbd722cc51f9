"""Links to inputs: what the provider follows to read an upload."""

from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.plain_http import check_size, problem, redirect
from faceswap.rules.errors import DomainError
from faceswap.telemetry import count, logger
from faceswap.usecases.link_input import METHODS


def get_input(event: dict[str, Any]) -> dict[str, Any]:
    """Answer a GET or HEAD by a redirect to a signed link of the same method."""
    named = event["pathParameters"]
    method = next(each for each in METHODS if each == event["requestContext"]["http"]["method"])
    try:
        check_size(event)
        url = jobs_container().link_input.run(
            named["job_id"], named["token"], named["file"], method
        )
    except DomainError as error:
        return problem(error, event)
    count("InputsRead")
    logger.info("an input was asked for", job_id=named["job_id"], method=method)
    return redirect(url)
