"""Moments as the product writes them: RFC 3339, UTC, milliseconds."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer


def to_text(moment: datetime) -> str:
    """A moment as RFC 3339 text, `2026-01-31T09:30:00.250Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[AwareDatetime, PlainSerializer(to_text, return_type=str, when_used="json")]
"""A field that holds a moment; JSON shows it as `to_text` does."""
