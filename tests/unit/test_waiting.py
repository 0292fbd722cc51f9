"""Who waits sleeps: how many states an execution enters in a day, whatever its job waits for."""

from datetime import timedelta

import pytest

from faceswap.rules.job import Job, UploadedMedia
from tests.support.faked_use_cases import FakedUseCases

DAY = timedelta(hours=24)
MOST = 12


@pytest.fixture
def full(use_cases: FakedUseCases) -> FakedUseCases:
    """The use cases with one slot, which is taken."""
    use_cases.admission.size = 1
    use_cases.submit(use_cases.job())
    return use_cases


def states_in_a_day(use_cases: FakedUseCases, job: Job) -> int:
    """Submit, Wait, Collect, Decide and so on, as the state machine enters them while nobody wakes the job."""
    end = use_cases.clock.now + DAY
    step, entered = use_cases.submit(job), 1
    while step.next != "done":
        if step.next == "submit":
            step, entered = use_cases.submit(job), entered + 1
            continue
        assert step.poll_after is not None
        entered += 1
        use_cases.clock.forward(step.poll_after)
        if use_cases.clock.now > end:
            return entered
        step, entered = use_cases.collect(job), entered + 2
    return entered + 1


@pytest.mark.parametrize("hours", [1, 23, 168])
def test_a_job_that_waits_for_a_slot_enters_few_states(full: FakedUseCases, hours: int) -> None:
    job = full.job(deadline_at=full.clock.now + timedelta(hours=hours))

    assert states_in_a_day(full, job) <= MOST


@pytest.mark.parametrize("hours", [1, 23, 168])
def test_a_job_whose_upload_never_comes_enters_few_states(
    use_cases: FakedUseCases, hours: int
) -> None:
    deadline = use_cases.clock.now + timedelta(hours=hours)
    job = use_cases.job(
        status="awaiting_upload",
        media=use_cases.uploaded(None),
        queued_at=None,
        deadline_at=deadline,
    )

    assert states_in_a_day(use_cases, job) <= MOST


def test_a_job_that_waits_while_submitting_is_off_enters_few_states(
    use_cases: FakedUseCases,
) -> None:
    use_cases.enabled = False
    job = use_cases.job(deadline_at=use_cases.clock.now + 2 * DAY)

    assert states_in_a_day(use_cases, job) <= MOST


def test_an_upload_whose_event_was_lost_is_found_before_the_deadline(
    use_cases: FakedUseCases,
) -> None:
    media = use_cases.uploaded(None)
    job = use_cases.job(status="awaiting_upload", media=media, queued_at=None)
    step = use_cases.submit(job)
    upload = media["init_video"]
    assert isinstance(upload, UploadedMedia)
    use_cases.put(upload.key, b"abcde")

    use_cases.clock.forward(step.poll_after or 0)
    assert use_cases.collect(job).next == "submit"
    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"
