"""The queue before the provider, in memory."""

from datetime import datetime

from faceswap.rules.queue import OwnerNumbers, Waiting, in_order, next_number, numbers_without
from tests.fakes.calls import Before, at_once
from tests.fakes.jobs import FakeJobs

_MOST_COUNTED = 200


class FakeQueue:
    """The queue of these jobs. Those in `unseen` have entered it, and the index does not show them yet."""

    def __init__(self, jobs: FakeJobs, before: Before = at_once) -> None:
        self.numbers: dict[str, OwnerNumbers] = {}
        self.unseen: set[str] = set()
        self._jobs = jobs
        self._before = before

    def number(self, owner: str, virtual_time: int, now: datetime) -> int:
        del now
        self._before("number")
        number, self.numbers[owner] = next_number(virtual_time, self.numbers.get(owner))
        return number

    def take_back(self, owner: str, number: int) -> None:
        self._before("take_back")
        if owner in self.numbers:
            self.numbers[owner] = numbers_without(self.numbers[owner], number)

    def first(self, limit: int) -> list[Waiting]:
        self._before("first")
        return [each for each in self._waiting() if each.job_id not in self.unseen][:limit]

    def ahead(self, waiting: Waiting) -> int | None:
        self._before("ahead")
        ahead = sum(each < waiting for each in self._waiting())
        return ahead if ahead < _MOST_COUNTED else None

    def _waiting(self) -> list[Waiting]:
        jobs = self._jobs.now.values()
        return in_order(Waiting(job.queue_tag, job.job_id) for job in jobs if job.queue_tag)
