"""How long jobs wait by owner: the queue's real rule over passed-in time, beside first come, first served."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal, NamedTuple

from faceswap.rules.queue import OwnerNumbers, Waiting, next_number, number_of, tag_of

Discipline = Literal["fair queue", "first come, first served"]
START = datetime(2026, 1, 1, tzinfo=UTC)
_SHORTEST, _LONGEST = 60.0, 600.0


class Arrival(NamedTuple):
    """A job: when it comes, in seconds, whose it is, and how long the provider takes for it."""

    at: float
    owner: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a job waited for its slot, in seconds."""

    owner: str
    arrived: float
    seconds: float


def arrivals(counts: dict[str, int], between: float, seed: int) -> list[Arrival]:
    """Owners one after the other, each with all its jobs at once, `between` seconds after the one before."""
    chance = Random(seed)  # noqa: S311 # nosec B311
    return [
        Arrival(number * between, owner, chance.uniform(_SHORTEST, _LONGEST))
        for number, (owner, count) in enumerate(counts.items())
        for _ in range(count)
    ]


def simulate(jobs: Sequence[Arrival], slots: int, discipline: Discipline) -> list[Wait]:
    """Each job's wait, in the order in which they get their slots."""
    queue: list[tuple[Waiting, Arrival]] = []
    busy: list[float] = []
    known: dict[str, OwnerNumbers] = {}
    virtual_time, waits, coming = 0, list[Wait](), sorted(jobs)
    position = 0
    while position < len(coming) or queue:
        now = _next_moment(coming[position].at if position < len(coming) else None, busy, slots)
        while position < len(coming) and coming[position].at <= now:
            job = coming[position]
            number = 0
            if discipline == "fair queue":
                number, known[job.owner] = next_number(virtual_time, known.get(job.owner))
            tag = tag_of(number, START + timedelta(seconds=job.at))
            heapq.heappush(queue, (Waiting(tag, f"{position:09d}"), job))
            position += 1
        while busy and busy[0] <= now:
            heapq.heappop(busy)
        while queue and len(busy) < slots:
            waiting, job = heapq.heappop(queue)
            virtual_time = max(virtual_time, number_of(waiting.tag))
            heapq.heappush(busy, now + job.seconds)
            waits.append(Wait(job.owner, job.at, now - job.at))
    return waits


def _next_moment(arrival: float | None, busy: Sequence[float], slots: int) -> float:
    """When somebody comes, or a slot gets free that somebody waits for."""
    if arrival is None:
        return busy[0] if len(busy) >= slots else 0.0
    return min(arrival, busy[0]) if busy else arrival
