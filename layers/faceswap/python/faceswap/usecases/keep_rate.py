"""Hold an owner to so many requests a minute, before anything of them is read."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from faceswap.ports.jobs import BusyError
from faceswap.ports.quotas import Rates
from faceswap.rules.errors import QuotaError

_BUSY = timedelta(seconds=1)
"""How long an owner is refused of whom the table counts no more."""
_OWNERS = 1000
"""Of how many owners it is remembered that they were refused."""


class _Refusal(NamedTuple):
    """Until when an owner is refused, and for which limit; for none if it could not be counted."""

    until: datetime
    policies: tuple[str, ...] = ()

    def error(self, now: datetime) -> QuotaError:
        """What he is told now."""
        if self.policies:
            detail = "You have made as many requests as you may a minute."
        else:
            detail = "Too many requests come at the same moment. Try again."
        wait = max(1, math.ceil((self.until - now).total_seconds()))
        return QuotaError(detail, policies=self.policies, retry_after=wait)


class KeepRate:
    """Holds owners to the rate of `rates`. `refused` is told of each refusal.

    Who was refused is refused from memory until his time has come, so that a flood asks the table as often as a
    request is admitted, and no more. Others only move that time on: memory is never too strict.
    """

    def __init__(
        self, *, rates: Rates, refused: Callable[[], object], clock: Callable[[], datetime]
    ) -> None:
        self._rates = rates
        self._refused = refused
        self._clock = clock
        self._remembered: dict[str, _Refusal] = {}

    def run(self, owner: str) -> None:
        """Count one request of an owner.

        Raises:
            QuotaError: he has made as many as he may for now, or it could not be counted.
        """
        now = self._clock()
        refusal = self._remembered.get(owner)
        if refusal is None or refusal.until <= now:
            refusal = self._take(owner, now)
        if refusal is not None:
            self._refused()
            raise refusal.error(now)

    def _take(self, owner: str, now: datetime) -> _Refusal | None:
        """Count it on the table, and remember if that was refused."""
        self._remembered.pop(owner, None)
        try:
            until = self._rates.take(owner, now)
        except BusyError:
            refusal = _Refusal(now + _BUSY)
        else:
            if until is None:
                return None
            refusal = _Refusal(until, ("minute",))
        if len(self._remembered) == _OWNERS:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[owner] = refusal
        return refusal
