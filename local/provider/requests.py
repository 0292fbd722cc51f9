"""What a submit must hold (provider contract §1.1)."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

LONGEST_WEBHOOK = 191


def _http_url(text: str) -> str:
    text = text.strip()
    parts = urlsplit(text)
    # Reading the port raises ValueError where it is no port.
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.port == 0:
        raise ValueError("must be a valid URL")
    return text


Url = Annotated[str, AfterValidator(_http_url)]


class Submit(BaseModel):
    """A request to generate; what it does not know is ignored, as the provider does."""

    model_config = ConfigDict(extra="ignore")

    init_video: Url
    init_image: Url
    reference_image: Url
    output_format: str = "mp4"
    watermark: bool = True
    webhook: Annotated[str, Field(max_length=LONGEST_WEBHOOK), AfterValidator(_http_url)] | None = (
        None
    )
    track_id: int | None = None


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
