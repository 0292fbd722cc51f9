"""Secrets, read when needed and kept for a while."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

_KEPT_SECONDS = 300.0


class SecretStore:
    """Secrets by ARN; a rotated one is seen within five minutes."""

    def __init__(
        self, client: "SecretsManagerClient", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, str]] = {}

    def forget(self, arn: str) -> None:
        """Read the secret anew when it is wanted next: it did not fit."""
        self._kept.pop(arn, None)

    def get(self, arn: str) -> str:
        """The secret's text, without white space around it."""
        now = self._monotonic()
        read_at, text = self._kept.get(arn, (0.0, ""))
        if not text or now - read_at > _KEPT_SECONDS:
            text = self._client.get_secret_value(SecretId=arn)["SecretString"].strip()
            self._kept[arn] = (now, text)
        return text
