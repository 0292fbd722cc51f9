"""Bodies of requests, read without trust."""

from typing import Any

from pydantic_core import from_json
from starlette.requests import Request


async def json_object(request: Request) -> dict[str, Any] | None:
    """The object in a body; none where it is malformed, too deep, or holds text that no answer could repeat."""
    try:
        body = from_json(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
