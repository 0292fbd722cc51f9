"""The queue before the provider: start-time fair queueing, by which owners take turns, one job each.

A job that must wait gets a number: the queue's virtual time, or the one after its owner's last if that is more. The
lowest number is next, of equal ones who waits longest, and the virtual time is the number that was next last.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from faceswap.rules.stored import Stored
from faceswap.rules.times import Time, to_text

INDEX_LAG = timedelta(seconds=60)
"""After this time the index of the queue shows what was written, for certain."""
LATE = timedelta(seconds=60)
"""Who was handed a slot and has not taken it up by then has missed the wake-up, or is gone."""
LONGEST_SUBMIT = timedelta(seconds=150)
"""So long the function may run that sends a job: whoever sends longer is dead."""
LONGEST_TRY = timedelta(minutes=10)
"""Who is tried for all and has not told by then never will: far longer than a wake-up and a submit."""
LEASE_MARGIN = timedelta(minutes=15)
"""How long after the deadline of the job that holds it a lease ends by itself."""
DISPATCH_INTERVAL = timedelta(seconds=60)
"""How often the schedule dispatches: who may be sent, and was woken by nobody, is sent then."""
HoldReason = Literal["budget"]
"""Why nobody is sent for a while, where it is not the provider that takes nobody."""
_DIGITS = 12
_LONGEST_HOLD, _SHORTEST_MENDED, _LONGEST_MENDED = 600, 600, 3600
_MOST_GAPS = 50


class Waiting(NamedTuple):
    """A job in the queue, and its tag, by which the queue is ordered."""

    tag: str
    job_id: str


class AdmissionState(Stored):
    """Who has a slot at the provider, and what holds others back.

    `leases` are the slots that are taken, by job, and until when; `handed` those among them that were handed over and
    not taken up yet, and since when. `waiting_at`: somebody began to wait about then, so that nobody may pass.
    Nobody is sent before `hold_until`, for the provider's sake or as `held_for` says. `refusals` counts the rounds in a
    row in which the provider took nobody: until it takes a job again only one at a time is tried, the `probe`, since
    `probed_at`, and not `refused`, the last one, if there is another. `durations` are of jobs that were done lately, in
    seconds.
    """

    leases: Mapping[str, Time] = {}
    handed: Mapping[str, Time] = {}
    waiting_at: Time | None = None
    hold_until: Time | None = None
    refusals: int = 0
    refused: str | None = None
    probe: str | None = None
    probed_at: Time | None = None
    held_for: HoldReason | None = None
    virtual_time: int = 0
    durations: Mapping[str, float] = {}

    def is_held(self, now: datetime) -> bool:
        """Whether nobody is sent for a while."""
        return self.hold_until is not None and now < self.hold_until

    def is_held_for_budget(self, now: datetime) -> bool:
        """Whether nobody is sent today, as the budget of the day is spent."""
        return self.held_for == "budget" and self.is_held(now)

    def free(self, size: int, now: datetime) -> int:
        """How many of `size` slots are free; a lease that is over holds none."""
        return size - sum(until > now for until in self.leases.values())

    def may_be_tried(self, free: int, now: datetime, leaving: str | None = None) -> int:
        """How many of the free slots may be handed over: one while it is not known that the provider takes jobs.

        The job that is tried keeps back the others until it leaves its slot, or has had its time.
        """
        if not self.refusals:
            return free
        is_tried = self.probe in self.leases and self.probe != leaving
        had_its_time = self.probed_at is not None and now - self.probed_at >= LONGEST_TRY
        return 0 if is_tried and not had_its_time else min(free, 1)

    def lets_send(self, size: int, now: datetime) -> bool:
        """Whether somebody waits, and one more of `size` may be at the provider."""
        if self.waiting_at is None or self.is_held(now):
            return False
        return self.may_be_tried(self.free(size, now), now) > 0

    def over(self, now: datetime) -> list[str]:
        """The jobs whose leases are over."""
        return [job_id for job_id, until in self.leases.items() if until <= now]

    def late(self, now: datetime) -> list[str]:
        """The jobs that have not taken up the slot that they were handed."""
        return [job_id for job_id, since in self.handed.items() if since <= now - LATE]

    def is_marked(self, now: datetime) -> bool:
        """Whether it is known that somebody waits, and will be for as long as the index may lag."""
        return self.waiting_at is not None and now - self.waiting_at < INDEX_LAG / 2

    def is_unmarked(self, now: datetime) -> bool:
        """Whether a queue whose index is empty is empty."""
        return self.waiting_at is not None and now - self.waiting_at > INDEX_LAG


class OwnerNumbers(Stored):
    """An owner's last number, and the gaps before it, first and last number each: their jobs left without a slot."""

    last: int
    gaps: tuple[tuple[int, int], ...] = ()


def next_number(virtual_time: int, known: OwnerNumbers | None) -> tuple[int, OwnerNumbers]:
    """The number of a job that begins to wait, and what is known of its owner's then; None if he has not waited lately.

    The least that is free and not behind the queue: no two of an owner's jobs wait under one number, and what left the
    queue costs him nothing.
    """
    if known is None:
        return virtual_time, OwnerNumbers(last=virtual_time)
    gaps = [(max(first, virtual_time), last) for first, last in known.gaps if last >= virtual_time]
    if not gaps:
        number = max(virtual_time, known.last + 1)
        return number, OwnerNumbers(last=number)
    (number, last), *others = gaps
    left = [(number + 1, last), *others] if number < last else others
    return number, OwnerNumbers(last=known.last, gaps=tuple(left))


def numbers_without(known: OwnerNumbers, number: int) -> OwnerNumbers:
    """What is known of an owner's numbers once the job with this one has left the queue without a slot.

    A gap that reaches the last number is none: the number before it is the last one then. Of many gaps the first stay.
    """
    if number > known.last:
        return known
    gaps: list[tuple[int, int]] = []
    for first, last in sorted([*known.gaps, (number, number)]):
        if gaps and first <= gaps[-1][1] + 1:
            gaps[-1] = (gaps[-1][0], max(last, gaps[-1][1]))
        else:
            gaps.append((first, last))
    newest = gaps.pop()[0] - 1 if gaps[-1][1] == known.last else known.last
    return OwnerNumbers(last=newest, gaps=tuple(gaps[:_MOST_GAPS]))


def tag_of(number: int, since: datetime) -> str:
    """A tag as it is compared: by number, then by how long somebody waits."""
    return f"{number:0{_DIGITS}d}#{to_text(since)}"


def number_of(tag: str) -> int:
    """The number in a tag."""
    return int(tag.partition("#")[0])


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Those who wait, the next one first; nobody twice."""
    return sorted(set(waiting))


def hold_seconds(wait: float, refusals: int) -> int:
    """For how long nobody is sent, by the wait of the last refusal and the rounds in a row in which all was refused.

    It doubles up to an hour where a person has to mend something, else up to ten minutes.

    Args:
        wait: what is left of it, in seconds: a whole number that a moment has been taken from.
        refusals: the rounds, this one among them.
    """
    whole = math.ceil(wait)
    longest = _LONGEST_MENDED if whole >= _SHORTEST_MENDED else _LONGEST_HOLD
    return min(whole << (refusals - 1), longest)


def queue_eta(
    now: datetime,
    *,
    not_before: datetime | None,
    ahead: int,
    size: int,
    durations: Collection[float],
) -> datetime | None:
    """When a queued job may be done: each `size` jobs ahead of it take as long as jobs took lately.

    Args:
        now: the present moment.
        not_before: until when the provider takes nobody, if it said so.
        ahead: about how many jobs are ahead.
        size: how many jobs the provider takes at once.
        durations: how long some late jobs were at the provider, in seconds; without any, nothing can be told.
    """
    if not durations:
        return None
    rounds = ahead // size + 1
    seconds = rounds * sum(durations) / len(durations)
    return max(now, not_before or now) + timedelta(seconds=round(seconds))
