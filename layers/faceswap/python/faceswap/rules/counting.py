"""What a write of a job adds to counters: one place, so that nothing is counted twice or for ever.

A job remembers what was counted of it (`counted_on`, `counted_open`, `spent_on`). So limits and prices may be set,
changed and lifted while jobs are under way, and each gives back what it took.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, cast

from faceswap.rules.job import Job
from faceswap.rules.status import FINAL


class Counts(NamedTuple):
    """What is added to an owner's counters: `jobs` on the day of the job's `counted_on`, `spent` on `spent_on`.

    What is spent is counted for the stack, too.
    """

    jobs: int = 0
    open_jobs: int = 0
    spent: Decimal = Decimal(0)
    spent_on: date | None = None

    @property
    def changes_any(self) -> bool:
        """Whether anything is counted at all."""
        return self != NOTHING


NOTHING = Counts()


def counts_of_creation(job: Job) -> Counts:
    """What is counted when a job is made."""
    return Counts(jobs=int(job.counted_on is not None), open_jobs=int(job.counted_open))


def counts_of_change(job: Job, fields: Mapping[str, object]) -> Counts:
    """What is counted when fields of a job change.

    A job that ends is open no more. One that never reached the provider has used nothing of its day. Its price counts
    when `spent_on` is set, and no more when that is removed.

    Args:
        job: as it was read.
        fields: what becomes of them; a job's end is final, so it is counted once.
    """
    counts = _spent(job, fields)
    if fields.get("status") not in FINAL:
        return counts
    was_sent = job.submitted_at is not None
    gives_day_back = job.counted_on is not None and not was_sent
    return counts._replace(jobs=-int(gives_day_back), open_jobs=-int(job.counted_open))


def _spent(job: Job, fields: Mapping[str, object]) -> Counts:
    after = cast("date | None", fields.get("spent_on", job.spent_on))
    if job.price is None or after == job.spent_on:
        return NOTHING
    if after:
        return Counts(spent=job.price, spent_on=after)
    return Counts(spent=-job.price, spent_on=job.spent_on)
