"""The provider, and what it posts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from faceswap.rules.reply import Reply


@dataclass(frozen=True, slots=True)
class Submission:
    """One request to generate: our names, the provider's meaning (provider contract §1)."""

    init_video: str
    init_image: str
    reference_image: str
    output_format: str
    watermark: bool
    webhook: str
    track_id: int


class Provider(Protocol):
    """Who makes the videos. No method raises for what the provider or the network does."""

    def submit(self, key: str, submission: Submission) -> Reply:
        """Ask for one generation."""

    def fetch(self, key: str, request_id: str) -> Reply:
        """Ask what became of a request."""

    def delete(self, key: str, request_id: str) -> bool:
        """Ask the provider to delete what it keeps of a request. Whether it said that it has."""


class WebhookReader(Protocol):
    """Reads a provider's webhook."""

    def __call__(self, body: bytes, content_encoding: str | None, now: datetime) -> Reply:
        """What a body means.

        Raises:
            TooLargeError: it is larger than is read.
            MalformedError: it cannot be read.
        """
