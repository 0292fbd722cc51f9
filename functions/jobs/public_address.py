"""Under which address this API is reached."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from faceswap.container.jobs import jobs_container
from faceswap.rules.routing import base_path

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter


def public_base_url(router: "APIGatewayHttpRouter") -> str:
    """The configured one; without it, the one of the current request."""
    return base_url_of(router.current_event.raw_event)


def base_url_of(event: Mapping[str, Any]) -> str:
    """The configured one; without it, the one of a routed event."""
    here = f"https://{event['requestContext']['domainName']}{base_path(event)}"
    return jobs_container().settings.public_base_url or here
