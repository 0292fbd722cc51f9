"""Who is next when there is room at the provider."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from faceswap.rules.job import Job

_PENALTY = timedelta(minutes=10)


def next_in_line(jobs: Iterable[Job], now: datetime) -> Job | None:
    """The waiting job with the lowest rank, None if nobody waits.

    A job's rank is its age, less 10 minutes for each job that its owner has at the provider, so that one
    owner cannot starve the others.
    """
    known = list(jobs)
    active = Counter(job.owner for job in known if job.status in {"submitting", "processing"})
    waiting = [
        job
        for job in known
        if job.status == "queued"
        and job.waits_for_room
        and (job.submit_after is None or job.submit_after <= now)
    ]
    return min(waiting, key=lambda job: job.created_at + active[job.owner] * _PENALTY, default=None)
