"""What one owner may do: jobs a UTC day, jobs that are not over, and uploads. What is counted is told in `usage`."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from faceswap.rules.errors import QuotaError

PolicyName = Literal["day", "open", "uploads", "upload-bytes", "minute", "budget"]
"""The limits by the names under which clients hear of them."""

UPLOADS_A_JOB = 10
"""How many uploads may be reserved a day for each job that may be made."""
DAY_SECONDS = 86_400
_OPEN_WAIT = 60
"""After so many seconds it may help to ask again once too many jobs are open: nobody knows when the next one ends."""


class Usage(NamedTuple):
    """What has been counted of one owner: jobs, uploads, bytes and money on a day, and his jobs that are not over."""

    jobs: int = 0
    open_jobs: int = 0
    uploads: int = 0
    upload_bytes: int = 0
    spent: Decimal = Decimal(0)


class OwnerDay(NamedTuple):
    """An owner, and a UTC day."""

    owner: str
    day: date


class Policy(NamedTuple):
    """One limit, and how much of it is used."""

    name: PolicyName
    limit: int
    used: int

    @property
    def left(self) -> int:
        """How much is left of it."""
        return max(0, self.limit - self.used)


class Quotas(NamedTuple):
    """What one owner may do; None where nothing limits him."""

    jobs_a_day: int | None = None
    open_jobs: int | None = None
    upload_bytes_a_day: int | None = None

    @property
    def uploads_a_day(self) -> int | None:
        """How many uploads he may reserve a day."""
        return None if self.jobs_a_day is None else self.jobs_a_day * UPLOADS_A_JOB

    @property
    def limits_uploads(self) -> bool:
        """Whether uploads are counted."""
        return self.jobs_a_day is not None or self.upload_bytes_a_day is not None

    def policies(self, usage: Usage) -> list[Policy]:
        """The limits that there are, and what is used of each."""
        limits: Sequence[tuple[PolicyName, int | None, int]] = (
            ("day", self.jobs_a_day, usage.jobs),
            ("open", self.open_jobs, usage.open_jobs),
            ("uploads", self.uploads_a_day, usage.uploads),
            ("upload-bytes", self.upload_bytes_a_day, usage.upload_bytes),
        )
        return [Policy(name, limit, used) for name, limit, used in limits if limit is not None]

    def over(self, usage: Usage, more: Usage) -> list[PolicyName]:
        """The limits that would be passed by so much more, of those that it adds to."""
        before, added = self.policies(usage), self.policies(more)
        return [
            policy.name
            for policy, step in zip(before, added, strict=True)
            if step.used and policy.used + step.used > policy.limit
        ]


NO_QUOTAS = Quotas()
ONE_JOB = Usage(jobs=1, open_jobs=1)


def midnight_after(now: datetime) -> datetime:
    """When the next UTC day begins."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC)


def seconds_until_midnight(now: datetime) -> int:
    """Seconds until the next UTC day, at least 1."""
    return math.ceil((midnight_after(now) - now).total_seconds())


_DETAILS: dict[PolicyName, str] = {
    "day": "no more than {limit} jobs may be made a day (UTC)",
    "open": "no more than {limit} jobs may be under way at the same time",
    "uploads": "no more than {limit} uploads may be reserved a day (UTC)",
    "upload-bytes": "no more than {limit} bytes of uploads may be reserved a day (UTC)",
}


def refusal(quotas: Quotas, violated: Sequence[PolicyName], now: datetime) -> QuotaError:
    """What is said to an owner who is over some limits: which, and after how many seconds asking again may help."""
    limits = {policy.name: policy.limit for policy in quotas.policies(Usage())}
    told = "; ".join(_DETAILS[name].format(limit=limits[name]) for name in violated)
    waits = [_OPEN_WAIT if name == "open" else seconds_until_midnight(now) for name in violated]
    return QuotaError(f"A limit is reached: {told}.", policies=violated, retry_after=max(waits))


def comes_near(quotas: Quotas, usage: Usage, more: Usage) -> bool:
    """Whether an owner comes to four fifths of some limit by so much more."""
    pairs = zip(quotas.policies(usage), quotas.policies(more), strict=True)
    return any(
        5 * before.used < 4 * before.limit <= 5 * (before.used + step.used)
        for before, step in pairs
    )
