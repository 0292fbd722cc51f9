"""The line before the provider: who is next when there is room, and how long it takes."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from faceswap.rules.job import Job

_PENALTY = timedelta(minutes=10)


def next_in_queue(jobs: Iterable[Job], now: datetime) -> Job | None:
    """The waiting job with the lowest rank, None if nobody waits.

    A job's rank is its age, less 10 minutes for each job that its owner has at the provider, also one that is
    cancelled and drains, so that one owner cannot starve the others.
    """
    known = list(jobs)
    active = Counter(job.owner for job in known if job.submitted_at and job.closed_at is None)
    waiting = [
        job
        for job in known
        if job.status == "queued"
        and job.waits_for_slot
        and (job.submit_after is None or job.submit_after <= now)
    ]
    return min(waiting, key=lambda job: job.created_at + active[job.owner] * _PENALTY, default=None)


def queue_eta(
    job: Job, now: datetime, *, ahead: int, room: int, pace: Collection[float]
) -> datetime | None:
    """When a queued job may be done: each `room` jobs ahead of it take as long as jobs took lately.

    Args:
        job: the queued job; a wait that the provider demanded comes on top.
        now: the present moment.
        ahead: how many open jobs are older.
        room: how many jobs the provider takes at once.
        pace: how long some late jobs were at the provider, in seconds; without any, nothing can be told.
    """
    if not pace:
        return None
    rounds = ahead // room + 1
    seconds = rounds * sum(pace) / len(pace)
    return max(now, job.submit_after or now) + timedelta(seconds=round(seconds))
