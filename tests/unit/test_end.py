"""Ending a job: who is woken by that, what is given back, and which message must not be lost under it."""

import pytest

from faceswap.rules.job import Evidence, Failure, Job
from faceswap.rules.status import ErrorType, FinalStatus, Status
from tests.support.faked_use_cases import FakedUseCases


def as_it_is(use_cases: FakedUseCases, status: Status) -> Job:
    """A job of this status, whose execution sleeps."""
    of_provider = {"submitting": use_cases.submitting, "processing": use_cases.processing}
    job = of_provider.get(status, use_cases.job)()
    use_cases.jobs.sleep(job.job_id, "token", job.deadline_at)
    return use_cases.read(job)


@pytest.mark.parametrize("status", ["queued", "submitting", "processing"])
def test_a_cancel_wakes_the_job_and_the_sweep_finds_it_should_that_be_lost(
    use_cases: FakedUseCases, status: Status
) -> None:
    job = as_it_is(use_cases, status)
    use_cases.clock.forward(9)

    use_cases.cancel_job.run(job.job_id, "me")

    after = use_cases.read(job)
    assert use_cases.executions.woken == ["token"]
    assert after.wakeup_count == job.wakeup_count + 1
    assert after.due_at == use_cases.clock.now


def test_a_delete_wakes_the_job_once_it_is_erased(use_cases: FakedUseCases) -> None:
    job = as_it_is(use_cases, "processing")

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.executions.woken == ["token"]


@pytest.mark.parametrize("error", ["internal", "provider-failed"])
def test_an_execution_that_ends_its_job_itself_wakes_nobody(
    use_cases: FakedUseCases, error: ErrorType
) -> None:
    job = as_it_is(use_cases, "processing")

    ended = use_cases.end_job.run(job, "failed", failure=Failure(type=error, detail="It broke."))

    assert ended is not None
    assert ended.wakeup_count == job.wakeup_count
    assert use_cases.executions.woken == []


def test_a_job_that_fails_gives_back_the_slot_that_it_was_handed(use_cases: FakedUseCases) -> None:
    use_cases.admission.size = 1
    first, job = use_cases.job(), use_cases.job(media=use_cases.uploaded())
    use_cases.submit(first)
    use_cases.submit(job)
    use_cases.release_slot.run(first)
    assert set(use_cases.admission.handed) == {job.job_id}
    use_cases.uploads.now.clear()

    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.admission.leases) == ("failed", {})


@pytest.mark.parametrize(
    ("before", "status", "error", "ends"),
    [
        ("queued", "cancelled", None, True),
        ("submitting", "cancelled", None, False),
        ("submitting", "failed", "submission-unknown", False),
        ("submitting", "failed", "internal", False),
        ("submitting", "failed", "provider-rejected", True),
        ("submitting", "failed", "input-invalid", True),
        ("processing", "cancelled", None, True),
        ("processing", "failed", "provider-timeout", True),
        ("processing", "failed", "provider-failed", True),
    ],
)
def test_no_job_ends_over_a_message_that_may_hold_its_only_id(
    use_cases: FakedUseCases,
    before: Status,
    status: FinalStatus,
    error: ErrorType | None,
    ends: bool,
) -> None:
    job = as_it_is(use_cases, before)
    told = Evidence(at=use_cases.clock.now, by="webhook", is_tracked=True, request_id="298")
    use_cases.wake_job.run(job.job_id, evidence_pending=told)

    failure = Failure(type=error, detail="It broke.") if error else None
    ended = use_cases.end_job.run(job, status, failure=failure)

    assert (ended is not None, use_cases.read(job).is_final) == (ends, ends)
