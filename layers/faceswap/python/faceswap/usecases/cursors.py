"""Cursors: where a list of jobs goes on, opaque to clients."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from faceswap.ports.jobs import Position
from faceswap.rules.errors import Fault, InvalidError
from faceswap.rules.ids import is_job_id
from faceswap.rules.times import is_text


def cursor_of(position: Position) -> str:
    """The text of a position."""
    return urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """The position of a text.

    Raises:
        InvalidError: it is none of ours.
    """
    try:
        created_at, job_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if is_text(created_at) and is_job_id(job_id):
            return Position(created_at, job_id)
    except (ValueError, TypeError):
        pass
    raise InvalidError(
        "The list does not go on there.",
        [Fault(pointer="#", detail="query cursor: is none of ours")],
    )
