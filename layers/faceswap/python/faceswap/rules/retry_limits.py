"""How often and for how long something may fail before that decides a job."""

from datetime import datetime, timedelta

from faceswap.rules.job import Job

_MISSING_GRACE = timedelta(seconds=120)
_FETCH_TRIES, _FETCH_TIME = 3, timedelta(minutes=5)
_COPY_TRIES, _COPY_TIME = 10, timedelta(minutes=10)
_COLLECT_TRIES, _COLLECT_TIME = 10, timedelta(hours=1)
_OVERDUE_COLLECT_TRIES = 3
_DELETION_TRIES, _DELETION_TIME = 10, timedelta(days=1)


def missing_is_final(job: Job, now: datetime) -> bool:
    """Whether "Request not found" is to be believed: not shortly after the submit (provider contract §8.18)."""
    known_since = job.accepted_at or job.finished_at
    return known_since is not None and now - known_since >= _MISSING_GRACE


def fetch_is_hopeless(job: Job, now: datetime, job_deadline: timedelta) -> bool:
    """Whether fetch has failed for so long that a success message counts without it.

    That is 3 polls, and 5 minutes or a third of the job's deadline, whichever is less.
    """
    long_enough = min(_FETCH_TIME, job_deadline / 3)
    return (
        job.fetch_failures >= _FETCH_TRIES and _lasts(job.fetch_failing_since, now) >= long_enough
    )


def copy_is_hopeless(job: Job, now: datetime) -> bool:
    """Whether the result is given up: 10 tries and 10 minutes."""
    return (
        job.archive_failures >= _COPY_TRIES and _lasts(job.archive_failing_since, now) >= _COPY_TIME
    )


def collect_is_hopeless(job: Job, now: datetime, job_deadline: timedelta) -> bool:
    """Whether a job is given up whose Collect task raises again and again.

    That is 10 times, over an hour or a third of the job's deadline, whichever is less. Once its deadline has
    passed, 3 times are enough: one is not, as a call that is refused in passing would lose a paid result.
    """
    long_enough = min(_COLLECT_TIME, job_deadline / 3)
    lasting = _lasts(job.collect_failing_since, now) >= long_enough
    if now >= job.deadline_at and job.collect_failures >= _OVERDUE_COLLECT_TRIES:
        return True
    return job.collect_failures >= _COLLECT_TRIES and lasting


def deletion_is_hopeless(job: Job, now: datetime) -> bool:
    """Whether the provider is asked no longer to delete: 10 times and a day, which is how long it keeps results."""
    return (
        job.deletion_failures >= _DELETION_TRIES
        and _lasts(job.deletion_failing_since, now) >= _DELETION_TIME
    )


def cleaning_is_hopeless(job: Job, now: datetime) -> bool:
    """Whether the cleaning up after a final job is left to the bucket's lifecycle: an hour after its end."""
    return _lasts(job.finished_at, now) >= _COLLECT_TIME


def _lasts(since: datetime | None, now: datetime) -> timedelta:
    return now - since if since else timedelta(0)
