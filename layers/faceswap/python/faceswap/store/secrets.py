"""Secrets, read when needed and kept for a while."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

_KEPT_SECONDS = 300.0
_FRESH_SECONDS = 60.0
_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


class _Kept(NamedTuple):
    read_at: float
    text: str | None


class SecretStore:
    """Secrets by ARN; a rotated one is seen within five minutes."""

    def __init__(
        self, client: "SecretsManagerClient", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._kept: dict[tuple[str, str], _Kept] = {}

    def forget(self, arn: str) -> None:
        """Read the secret anew when it is wanted next: it did not fit."""
        self._kept.pop((arn, _CURRENT), None)

    def get(self, arn: str) -> str:
        """The secret's text, without white space around it."""
        return self._read(arn, _CURRENT, _KEPT_SECONDS) or ""

    def versions(self, arn: str) -> Iterator[str]:
        """What something that was made of the secret may have been made of, the likeliest first.

        That is the secret as it is known here, the one that may have taken its place within the last minutes, and
        the one before. They are read only when they are asked for, and at most once a minute, so that tokens that
        fit none cost little.
        """
        known = self.get(arn)
        yield known
        newest = self._read(arn, _CURRENT, _FRESH_SECONDS)
        if newest and newest != known:
            yield newest
        previous = self._read(arn, _PREVIOUS, _FRESH_SECONDS)
        if previous:
            yield previous

    def _read(self, arn: str, stage: str, kept_seconds: float) -> str | None:
        """One version; None if there is none."""
        now = self._monotonic()
        kept = self._kept.get((arn, stage))
        if kept is None or now - kept.read_at > kept_seconds:
            try:
                answer = self._client.get_secret_value(SecretId=arn, VersionStage=stage)
                text = answer["SecretString"].strip()
                if kept and stage == _CURRENT and kept.text != text:
                    self._kept[arn, _PREVIOUS] = _Kept(now, kept.text)
                kept = _Kept(now, text)
            except self._client.exceptions.ResourceNotFoundException:
                if stage == _CURRENT:
                    raise
                kept = _Kept(now, None)
            self._kept[arn, stage] = kept
        return kept.text
