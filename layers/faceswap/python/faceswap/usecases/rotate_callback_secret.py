"""Begin to sign an owner's callbacks with another secret."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.callbacks import CallbackSecretNumbers
from faceswap.rules.errors import ConflictError


class RotateCallbackSecret:
    """Raises the number of an owner's secret; the one before signs for a day, too."""

    def __init__(self, *, numbers: CallbackSecretNumbers, clock: Callable[[], datetime]) -> None:
        self._numbers = numbers
        self._clock = clock

    def run(self, owner: str) -> None:
        """Let the owner have another secret.

        Raises:
            ConflictError: two are in use.
        """
        if self._numbers.raise_number(owner, self._clock()) is None:
            raise ConflictError("Two secrets are in use. The older one ends within a day.")
