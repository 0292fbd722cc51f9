"""How many requests an owner may make a minute: the generic cell rate algorithm, whose whole state is one number.

That number is when an owner would be due next if he had asked evenly. Each request moves it on by the time that one
may take; it may run ahead of the clock by a minute's worth of requests.
"""

import math
from datetime import UTC, datetime
from typing import NamedTuple

_MINUTE = 60_000


class Rate(NamedTuple):
    """So many requests a minute, all of them at once if need be. Times are milliseconds of the epoch."""

    a_minute: int

    @property
    def interval(self) -> int:
        """How much time one request takes of a minute."""
        return math.ceil(_MINUTE / self.a_minute)

    @property
    def _ahead(self) -> int:
        """How far the number may run ahead of the clock where one more request is admitted."""
        return self.interval * (self.a_minute - 1)

    def latest(self, now: int) -> int:
        """The largest number at which one more request is admitted."""
        return now + self._ahead

    def admits_at(self, due: int) -> datetime:
        """When one more request is admitted at this number."""
        return datetime.fromtimestamp((due - self._ahead) / 1000, UTC)
