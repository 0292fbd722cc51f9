"""Hold an owner to so many requests a minute, before anything of them is read."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.quotas import Rates
from faceswap.rules.errors import QuotaError


class KeepRate:
    """Holds owners to the rate of `rates`. `refused` is told of each refusal."""

    def __init__(
        self, *, rates: Rates, refused: Callable[[], object], clock: Callable[[], datetime]
    ) -> None:
        self._rates = rates
        self._refused = refused
        self._clock = clock

    def run(self, owner: str) -> None:
        """Count one request of an owner.

        Raises:
            QuotaError: he has made as many as he may for now.
        """
        wait = self._rates.take(owner, self._clock())
        if wait is None:
            return
        self._refused()
        detail = "You have made as many requests as you may a minute."
        raise QuotaError(detail, policies=["minute"], retry_after=wait)
