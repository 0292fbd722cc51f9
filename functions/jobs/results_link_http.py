"""Links to results that last."""

from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.plain_http import check_size, problem, redirect
from faceswap.rules.errors import DomainError
from faceswap.telemetry import logger
from faceswap.usecases.link_input import METHODS


def get_result_link(event: dict[str, Any]) -> dict[str, Any]:
    """Answer a GET or HEAD by a redirect to a signed link of the same method."""
    named = event["pathParameters"]
    method = next(each for each in METHODS if each == event["requestContext"]["http"]["method"])
    try:
        check_size(event)
        url = jobs_container().link_result.run(named["job_id"], named["token"], method)
    except DomainError as error:
        return problem(error, event)
    logger.info("a result was asked for", job_id=named["job_id"], method=method)
    return redirect(url)
