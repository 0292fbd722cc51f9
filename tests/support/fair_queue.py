"""The queue's real rule by itself: owners bring jobs, slots are handed over, and each job's wait is written down."""

from dataclasses import dataclass, field
from datetime import timedelta

from faceswap.rules.queue import Waiting, in_order, next_number, number_of, tag_of
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
        self._last: dict[str, int] = {}
        self._served: dict[str, int] = {}
        self._virtual_time = self._arrivals = 0

    def enter(self, owner: str) -> QueuedJob:
        """A job comes and waits."""
        self._arrivals += 1
        self._last[owner] = next_number(self._virtual_time, self._last.get(owner))
        mine = sum(job.owner == owner for job in self.waiting.values())
        is_over = self._served.get(owner) == self._virtual_time
        job = QueuedJob(owner, self._arrivals, mine, is_over)
        name = f"job_{self._arrivals}"
        tag = tag_of(self._last[owner], START + timedelta(seconds=self._arrivals))
        self.waiting[name] = job
        self._queue.append(Waiting(tag, name))
        return job

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
