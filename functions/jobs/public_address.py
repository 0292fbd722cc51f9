"""Under which address this API is reached."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from faceswap.container.jobs import jobs_container
from faceswap.rules.routing import base_path


def public_base_url(router: APIGatewayHttpRouter) -> str:
    """The configured one; without it, the one of the current request."""
    event = router.current_event
    here = f"https://{event.request_context.domain_name}{base_path(event.raw_event)}"
    return jobs_container().settings.public_base_url or here
