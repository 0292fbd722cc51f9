"""The secrets that sign an owner's callbacks."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from faceswap.ports.callbacks import CallbackSecretNumbers
from faceswap.rules.callbacks import owner_secret


class SigningSecret(NamedTuple):
    """A secret, and until when it signs if that is planned."""

    text: str
    until: datetime | None


class CallbackSecrets:
    """Secrets of owners, made of any of the `stack_secrets`, the newest first."""

    def __init__(
        self,
        *,
        numbers: CallbackSecretNumbers,
        stack_secrets: Callable[[], Iterable[str]],
        clock: Callable[[], datetime],
    ) -> None:
        self._numbers = numbers
        self._stack_secrets = stack_secrets
        self._clock = clock

    def run(self, owner: str) -> list[SigningSecret]:
        """Those that sign the owner's callbacks now, the newest first.

        That is his newest, for a day the one before, and the same of the stack's secret before the present one as
        long as that is kept.
        """
        newest = self._numbers.number(owner)
        numbers: list[tuple[int, datetime | None]] = [(newest.number, None)]
        until = newest.old_until(self._clock())
        if until:
            numbers.append((newest.number - 1, until))
        return [
            SigningSecret(owner_secret(stack_secret, owner, number), end)
            for stack_secret in dict.fromkeys(self._stack_secrets())
            for number, end in numbers
        ]
