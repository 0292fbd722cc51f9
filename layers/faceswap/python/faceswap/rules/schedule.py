"""When to poll next. A poll is cheap and a webhook usually comes first, so polls grow apart."""

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from faceswap.rules.job import Job
from faceswap.rules.reply import Remedy

_LONGEST_FIRST_POLL = 120
_LONGEST_DELETION_POLL = 7200
_LAST_UPLOAD_POLL = timedelta(seconds=60)
"""So long before its deadline a job that waits for an upload looks into the bucket once more."""
_SHORTEST_ASK, _LONGEST_ASK, _IN_QUEUE = 5, 30, 30
_SHORTEST_SUBMIT_WAIT, _LONGEST_SUBMIT_WAIT, _DEFAULT_SUBMIT_WAIT = 5, 600, 30


class PollLimits(NamedTuple):
    """The bounds of the time between polls, in seconds."""

    first: int
    longest: int


def next_poll(job: Job, now: datetime, poll_limits: PollLimits, random: float) -> int:
    """Seconds until a job that does not move by itself is polled again, at least 1.

    The first poll comes after the provider's estimate, within bounds. Each further one takes 1.5 times
    as long, give or take a tenth by `random` (0..1). No poll is later than the job's deadline, except
    for a wait that the provider itself demanded before another submit. Who waits for an upload or a slot
    sleeps: he is woken.
    """
    if job.deletion_failing_since:
        return _ceil(_deletion_poll(job.deletion_failing_since, now, poll_limits))
    if job.status == "queued":
        # Who stands in the queue is sent by whoever looks at the queue.
        at = job.poll_at if job.queue_tag else job.submit_after
        return _ceil((min(at, job.deadline_at) if at and at > now else job.deadline_at) - now)
    if job.status == "awaiting_upload":
        last = job.deadline_at - min(_LAST_UPLOAD_POLL, (job.deadline_at - job.created_at) / 4)
        return _ceil((last if now < last else job.deadline_at) - now)
    longest = poll_limits.longest
    ceiling = min(longest, _LONGEST_FIRST_POLL)
    first = min(max(job.eta_seconds or 0, poll_limits.first), ceiling)
    if job.archive_failing_since:
        first = min(poll_limits.first, ceiling)
    elapsed = max(0.0, (now - _since(job)).total_seconds())
    spread = 1.0 if elapsed < first / 2 else 0.9 + 0.2 * random
    seconds = min((first + elapsed / 2) * spread, longest)
    return _ceil(min(timedelta(seconds=seconds), job.deadline_at - now))


def _deletion_poll(since: datetime, now: datetime, poll_limits: PollLimits) -> timedelta:
    """Until the provider is asked again to delete: a provider that refused may be done soon, or never be."""
    elapsed = (now - since).total_seconds()
    longest = max(poll_limits.longest, _LONGEST_DELETION_POLL)
    return timedelta(seconds=min(poll_limits.first + elapsed / 2, longest))


def _since(job: Job) -> datetime:
    """From when on the polls of this job grow apart."""
    moments = (job.archive_failing_since, job.accepted_at, job.submitted_at, job.queued_at)
    return next((moment for moment in moments if moment), job.created_at)


def submit_wait(remedy: Remedy | None, retry_after: int | None, random: float) -> int:
    """Seconds before a refused submit may be repeated, within 5..600.

    The provider's own wait where it named one, and up to a tenth more by `random` (0..1), so that jobs
    refused together do not come back together; 600 s for what a person has to mend: key, credit, plan, address.
    """
    if remedy in {"replace_key", "fix_account"}:
        return _LONGEST_SUBMIT_WAIT
    if remedy == "update_address" and retry_after is None:
        return _LONGEST_SUBMIT_WAIT
    wanted = _DEFAULT_SUBMIT_WAIT if retry_after is None else retry_after
    spread = max(_SHORTEST_SUBMIT_WAIT, wanted) * (1 + 0.1 * random)
    return min(round(spread), _LONGEST_SUBMIT_WAIT)


def retry_after(job: Job, eta: datetime | None, now: datetime, random: float) -> int:
    """Seconds after which a client does well to ask again for a job that is not final, spread by `random` (0..1).

    30 to 60 for one that stands in the queue; else until the estimate, within 5 and 30.
    """
    if job.status == "queued" and job.queue_tag:
        return math.ceil(_IN_QUEUE * (1 + random))
    shortest, longest = _SHORTEST_ASK + random, _LONGEST_ASK - _SHORTEST_ASK * random
    left = (eta - now).total_seconds() if eta else shortest
    return math.ceil(min(max(left, shortest), longest))


def seconds_left(job: Job, eta: datetime | None, now: datetime) -> int:
    """Seconds until a job is expected to be done; after which to ask again, where nobody can tell or it is late.

    At least 30 for one that stands in the queue.
    """
    is_in_queue = job.status == "queued" and job.queue_tag is not None
    if eta and eta > now:
        left = _ceil(eta - now)
        return max(left, _IN_QUEUE) if is_in_queue else left
    if is_in_queue:
        return _IN_QUEUE
    return 2 if job.status == "submitting" else _SHORTEST_ASK


def _ceil(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))
