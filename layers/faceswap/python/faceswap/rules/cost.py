"""What the provider charges for a job, by the stack's price at the time when the job was made. Money is decimal."""

from decimal import Decimal
from typing import NamedTuple

from faceswap.rules.job import Job
from faceswap.rules.status import ErrorType

_REFUSED: frozenset[ErrorType] = frozenset({"input-invalid", "provider-rejected"})


class Cost(NamedTuple):
    """An amount; `settled` once it is known whether the provider took the job."""

    amount: Decimal
    currency: str
    settled: bool


def cost_of(job: Job) -> Cost | None:
    """What a job costs; None if it has no price.

    A job's price counts from the write that precedes the request on (`spent_on`), until it is known that nothing was
    started. Of a job whose answer was lost for good that is never known.
    """
    if job.price is None or job.currency is None:
        return None
    known_there = job.request_id or job.reported_request_id or job.late_request_id
    if job.accepted_at or known_there or job.late_successes:
        return Cost(job.price, job.currency, settled=True)
    if job.is_final and job.spent_on is None:
        return Cost(Decimal(0), job.currency, settled=True)
    return Cost(job.price, job.currency, settled=False)


def is_refused_unstarted(job: Job, error: ErrorType | None) -> bool:
    """Whether the answer to the request ends a job, of which the provider has begun nothing."""
    is_known_there = job.request_id or job.reported_request_id
    return job.status == "submitting" and not is_known_there and error in _REFUSED


def text_of(amount: Decimal) -> str:
    """An amount as it is written: digits and a point, no exponent."""
    return format(amount, "f")
