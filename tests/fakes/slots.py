"""Slots in memory."""

from datetime import datetime

from tests.fakes.calls import Before, at_once


class FakeSlots:
    """Leases by job id."""

    def __init__(self, size: int, before: Before = at_once) -> None:
        self.size = size
        self.leases: dict[str, datetime] = {}
        self._before = before

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        self._before("take")
        if job_id not in self.leases and len(self.leases) >= self.size:
            self.leases = {name: end for name, end in self.leases.items() if end > now}
        if job_id not in self.leases and len(self.leases) >= self.size:
            return False
        self.leases[job_id] = until
        return True

    def give_back(self, job_id: str) -> bool:
        self._before("give_back")
        return self.leases.pop(job_id, None) is not None
