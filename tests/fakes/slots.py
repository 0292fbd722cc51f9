"""Slots in memory."""

from datetime import datetime

from tests.fakes.calls import Before, at_once


class FakeSlots:
    """Leases, and until when each job ever had one."""

    def __init__(self, size: int, before: Before = at_once) -> None:
        self.size = size
        self.leases: dict[str, datetime] = {}
        self.until: dict[str, datetime] = {}
        self.durations: list[float] = []
        self._before = before

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        self._before("take")
        if job_id not in self.leases and len(self.leases) >= self.size:
            self.leases = {name: end for name, end in self.leases.items() if end > now}
        if job_id not in self.leases and len(self.leases) >= self.size:
            return False
        self.leases[job_id] = self.until[job_id] = until
        return True

    def give_back(self, job_id: str, seconds: float | None = None) -> bool:
        self._before("give_back")
        had = self.leases.pop(job_id, None) is not None
        if had and seconds is not None:
            self.durations.append(float(round(seconds)))
        return had

    def pace(self) -> list[float]:
        self._before("pace")
        return self.durations
