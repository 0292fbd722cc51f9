"""The queue's real rule by itself: owners bring jobs, slots are handed over, and each job's wait is written down."""

from dataclasses import dataclass, field
from datetime import timedelta

from faceswap.rules.queue import (
    OwnerNumbers,
    Waiting,
    in_order,
    next_number,
    number_of,
    numbers_without,
    tag_of,
)
from tests.support.samples import START


@dataclass
class QueuedJob:
    """One job: its owner, when it came, how many of his own waited then, and who had turns while it waited.

    `round_is_over`: its owner has had his turn at the number that is next.
    """

    owner: str
    arrived: int
    mine_ahead: int
    round_is_over: bool
    turns_of_others: dict[str, int] = field(default_factory=dict)


class FairQueue:
    """The jobs that wait, by tag."""

    def __init__(self) -> None:
        self.waiting: dict[str, QueuedJob] = {}
        self.done: list[QueuedJob] = []
        self._queue: list[Waiting] = []
        self._numbers: dict[str, OwnerNumbers] = {}
        self._served: dict[str, int] = {}
        self._virtual_time = self._arrivals = 0

    def enter(self, owner: str) -> QueuedJob:
        """A job comes and waits."""
        self._arrivals += 1
        number, self._numbers[owner] = next_number(self._virtual_time, self._numbers.get(owner))
        mine = sum(job.owner == owner for job in self.waiting.values())
        is_over = self._served.get(owner) == self._virtual_time
        job = QueuedJob(owner, self._arrivals, mine, is_over)
        name = f"job_{self._arrivals}"
        tag = tag_of(number, START + timedelta(seconds=self._arrivals))
        self.waiting[name] = job
        self._queue.append(Waiting(tag, name))
        return job

    def leave(self, owner: str) -> None:
        """The owner's job that waits longest goes without a turn; those behind it have one less before them."""
        theirs = [name for name, job in self.waiting.items() if job.owner == owner]
        if not theirs:
            return
        (left,) = [each for each in self._queue if each.job_id == theirs[0]]
        self._queue.remove(left)
        del self.waiting[theirs[0]]
        self._numbers[owner] = numbers_without(self._numbers[owner], number_of(left.tag))

    def numbers(self) -> list[tuple[str, int]]:
        """The owner and number of each job that waits."""
        return [(self.waiting[each.job_id].owner, number_of(each.tag)) for each in self._queue]

    def hand_over(self) -> QueuedJob:
        """Who is next has his turn."""
        first = in_order(self._queue)[0]
        self._queue.remove(first)
        self._virtual_time = max(self._virtual_time, number_of(first.tag))
        job = self.waiting.pop(first.job_id)
        self._served[job.owner] = number_of(first.tag)
        for other in self.waiting.values():
            if other.owner != job.owner:
                other.turns_of_others[job.owner] = other.turns_of_others.get(job.owner, 0) + 1
        self.done.append(job)
        return job

    def drain(self) -> None:
        """Everybody has his turn."""
        while self.waiting:
            self.hand_over()
