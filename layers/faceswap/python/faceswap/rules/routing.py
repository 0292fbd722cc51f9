"""Which path of ours an HTTP event is about, wherever the API is mounted: below a base path, or a named stage."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_DEFAULT_STAGE = "$default"


def routed(event: Mapping[str, Any]) -> dict[str, Any]:
    """An HTTP event (payload 2.0) whose path is the one that the gateway matched, with the base path as its stage.

    `routeKey` and `pathParameters` are right however the API is reached; `rawPath` begins with the base path of a
    custom domain, or with a named stage. Whoever strips the stage from the path, as Powertools does, finds our path.
    An event that matched no route of its own (`$default`) stays as it is.
    """
    _, _, route = str(event.get("routeKey") or "").partition(" ")
    if not route.startswith("/"):
        return dict(event)
    prefix = _prefix(str(event["rawPath"]), route)
    path = prefix + _filled(route, event.get("pathParameters") or {})
    context = dict(event["requestContext"])
    context["stage"] = prefix.removeprefix("/") or _DEFAULT_STAGE
    context["http"] = {**context["http"], "path": path}
    return {**event, "rawPath": path, "requestContext": context}


def base_path(event: Mapping[str, Any]) -> str:
    """What stands before our paths in a routed event, such as `/swap`; empty where nothing does."""
    stage = event["requestContext"]["stage"]
    return "" if stage == _DEFAULT_STAGE else f"/{stage}"


def _prefix(raw_path: str, route: str) -> str:
    segments = raw_path.split("/")
    return "/".join(segments[: len(segments) - route.count("/")])


def _filled(route: str, parameters: Mapping[str, str]) -> str:
    for name, value in parameters.items():
        route = route.replace(f"{{{name}}}", quote(value, safe=""))
    return route
