"""When the provider has nothing left to do for a job that is over here (architecture, the state machine)."""

from datetime import datetime, timedelta

from faceswap.rules import retry_limits
from faceswap.rules.job import Job
from faceswap.rules.reply import Reply
from faceswap.rules.status import ErrorType, FinalStatus

_KEPT_THERE = timedelta(days=1)
_DONE_THERE: frozenset[ErrorType] = frozenset(
    {"input-expired", "input-invalid", "provider-failed", "provider-rejected", "result-unusable"}
)
"""Errors that tell that the provider is done, or never began."""


def must_drain(job: Job, status: FinalStatus, error: ErrorType | None, now: datetime) -> bool:
    """Whether something is left to do for a job that ends so: it may be at work at the provider.

    A cancelled job is always drained: its execution sleeps, and closes the job when it is woken.

    Args:
        job: as it is before its end.
        status: how it ends.
        error: why it failed, if it did.
        now: the present moment.
    """
    if status == "cancelled":
        return True
    if job.status not in {"submitting", "processing"} or status == "succeeded":
        return False
    return error not in _DONE_THERE and now < job.deadline_at


def is_done_unasked(job: Job, now: datetime) -> bool:
    """Whether the provider need not be asked about a draining job: it never had it, is done, or had its time."""
    return job.submitted_at is None or job.provider_done or now >= job.deadline_at


def after_drain_poll(
    job: Job, reply: Reply, now: datetime, job_deadline: timedelta
) -> dict[str, object]:
    """What a poll about a draining job adds to it; `provider_done` is among it once the provider is."""
    if reply.outcome in {"succeeded", "failed"}:
        return {"provider_done": True}
    if reply.outcome == "missing" and retry_limits.missing_is_final(job, now):
        return {"provider_done": True}
    fields: dict[str, object] = {"polls": job.polls + 1}
    if reply.outcome in {"unclear", "missing"}:
        since = job.fetch_failing_since or now
        fields |= {"fetch_failures": job.fetch_failures + 1, "fetch_failing_since": since}
    counted = job.model_copy(update=fields)
    told = job.own_success or job.own_failure
    if told and retry_limits.fetch_is_hopeless(counted, now, job_deadline):
        fields["provider_done"] = True
    return fields


def may_still_be_kept(job: Job, now: datetime) -> bool:
    """Whether the provider may still have what it made: it keeps results for a day (provider contract §10)."""
    return job.finished_at is None or now < job.finished_at + _KEPT_THERE


def after_refused_deletion(job: Job, now: datetime) -> dict[str, object]:
    """The provider did not delete what it made for an erased job."""
    return {
        "deletion_failures": job.deletion_failures + 1,
        "deletion_failing_since": job.deletion_failing_since or now,
    }
