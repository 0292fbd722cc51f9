"""How fast owners ask, in memory."""

from collections import defaultdict
from datetime import datetime

from faceswap.rules.rates import Rate


class FakeRates:
    """When each owner is due next."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._due: dict[str, int] = defaultdict(int)
        self.asked = 0

    def take(self, owner: str, now: datetime) -> datetime | None:
        self.asked += 1
        moment = int(now.timestamp() * 1000)
        due = self._due[owner]
        if due > self._rate.latest(moment):
            return self._rate.admits_at(due)
        self._due[owner] = max(due, moment) + self._rate.interval
        return None
