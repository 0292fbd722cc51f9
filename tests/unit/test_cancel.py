"""Cancelling, when it loses races."""

from typing import Any

import pytest

from faceswap.ports.provider import Submission
from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Job
from faceswap.rules.reply import Reply
from tests.support.faked_use_cases import FakedUseCases


def moving(use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let every job be noted on by somebody else just before it is moved, so many times."""
    real, left = use_cases.jobs.move, iter(range(times))

    def first_somebody_else(job: Job, *args: Any, **fields: Any) -> Job | None:
        if next(left, None) is not None:
            return None
        return real(job, *args, **fields)

    monkeypatch.setattr(use_cases.jobs, "move", first_somebody_else)


def test_a_cancel_that_loses_a_race_is_tried_again(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    moving(use_cases, monkeypatch, 2)

    done = use_cases.cancel_job.run(job.job_id, "me")

    assert (done.status, use_cases.read(job).status) == ("cancelled", "cancelled")


def test_a_job_that_is_cancelled_already_stays_so(use_cases: FakedUseCases) -> None:
    job = use_cases.processing()

    done = [use_cases.cancel_job.run(job.job_id, "me") for _ in range(2)]

    assert done[0] == done[1] == use_cases.read(job)


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_a_job_that_is_over_otherwise_cannot_be_cancelled(
    use_cases: FakedUseCases, status: str
) -> None:
    job = use_cases.job(status=status)

    with pytest.raises(ConflictError, match=status):
        use_cases.cancel_job.run(job.job_id, "me")


def test_a_cancel_that_always_loses_says_so(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    moving(use_cases, monkeypatch, 99)

    with pytest.raises(ConflictError, match="at this moment"):
        use_cases.cancel_job.run(job.job_id, "me")


def test_an_id_that_comes_after_the_cancel_is_still_recorded(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job()
    real = use_cases.provider.submit

    def cancel(key: str, submission: Submission) -> Reply:
        use_cases.cancel_job.run(job.job_id, "me")
        return real(key, submission)

    monkeypatch.setattr(use_cases.provider, "submit", cancel)
    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.request_id) == ("cancelled", "298")
