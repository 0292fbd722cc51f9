"""What a submit must hold: the seed's fields and defaults, with the limits of provider contract §1.1."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
)
from pydantic_core import PydanticCustomError

LONGEST_WEBHOOK = 191


def _http_url(text: str) -> str:
    text = text.strip()
    parts = urlsplit(text)
    # Reading the port raises ValueError where it is no port.
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.port == 0:
        raise ValueError("must be a valid URL")
    return text


def _whole(value: object) -> object:
    """The documented integer, or the digits that the vendor's own client sends (provider contract §4.3)."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,4000}", value, re.ASCII):
        return int(value)
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "must be an integer")
    return value


Url = Annotated[str, AfterValidator(_http_url)]
Webhook = Annotated[str, Field(max_length=LONGEST_WEBHOOK), AfterValidator(_http_url)]
TrackId = Annotated[int, BeforeValidator(_whole)]


class Submit(BaseModel):
    """A request to generate; what it does not know is ignored, as the provider does."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    init_video: Url
    init_image: Url
    reference_image: Url
    output_format: Literal["mp4"] = "mp4"
    watermark: StrictBool = True
    webhook: Webhook | None = None
    track_id: TrackId | None = None


def faults(error: ValidationError) -> dict[str, list[str]]:
    """The faults as the provider words them: a list for each field."""
    told: dict[str, list[str]] = {}
    for fault in error.errors():
        name = str(fault["loc"][0])
        words = name.replace("_", " ")
        missing = fault["type"] == "missing"
        text = (
            f"The {words} field is required."
            if missing
            else f"The {words} must be valid: {fault['msg']}."
        )
        told.setdefault(name, []).append(text)
    return told
