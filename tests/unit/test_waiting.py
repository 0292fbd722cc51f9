"""Who waits sleeps: how many states an execution enters in a day, whatever its job waits for."""

from datetime import timedelta
from functools import partial

import pytest

from faceswap.rules.job import Job
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.media import PURPOSES
from faceswap.rules.uploads import StoredObject
from faceswap.usecases.upload_landed import UploadLanded
from tests.support.boxes import VIDEO
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.samples import JOB_ID, an_upload

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


def test_a_job_is_woken_once_by_the_last_of_its_uploads(use_cases: FakedUseCases) -> None:
    uploads = [
        an_upload(upload_id="upl_" + 26 * letter, purpose=purpose)
        for letter, purpose in zip("abc", PURPOSES, strict=True)
    ]
    job = use_cases.job(
        status="awaiting_upload",
        media={each.purpose: UploadedMedia(key=each.key) for each in uploads},
        queued_at=None,
        deadline_at=use_cases.clock.now + timedelta(hours=23),
    )
    for upload in uploads:
        use_cases.uploads.create(upload, forget_at=job.deadline_at)
        use_cases.uploads.add_user(upload.upload_id, job.job_id, waits=True)
    landed = UploadLanded(
        uploads=use_cases.uploads,
        find=use_cases.media.find,
        delete_object=use_cases.media.delete,
        wake_when_complete=use_cases.wake_when_complete,
    )
    for upload in uploads[:-1]:
        assert landed.run(upload.key, StoredObject(size=5, etag="e")) == 1

    assert use_cases.read(job).wakeup_count == 0
    landed.run(uploads[-1].key, StoredObject(size=5, etag="e"))
    assert use_cases.read(job).wakeup_count == 1


@pytest.mark.parametrize(
    ("content", "is_given_up", "wakes"),
    [(VIDEO, False, 1), (b"other size", False, 1), (VIDEO, True, 1), (None, False, 0)],
    ids=["lies there", "cannot be used", "given up", "is to come"],
)
def test_only_an_input_that_is_still_to_come_is_waited_for(
    use_cases: FakedUseCases, content: bytes | None, is_given_up: bool, wakes: int
) -> None:
    job = use_cases.job(status="awaiting_upload", media=use_cases.uploaded(content))
    if is_given_up:
        use_cases.uploads.now.clear()

    use_cases.wake_when_complete.run(job.job_id)

    assert use_cases.read(job).wakeup_count == wakes


@pytest.mark.parametrize("when", ["get", "wake"])
def test_a_landing_wakes_no_job_that_has_gone_on_meanwhile(
    use_cases: FakedUseCases, when: str
) -> None:
    job = use_cases.job(status="awaiting_upload", media=use_cases.uploaded())
    use_cases.jobs.sleep(job.job_id, "token", job.deadline_at)
    meanwhile(use_cases.jobs, when, partial(use_cases.submit, job))

    use_cases.wake_when_complete.run(job.job_id)
    use_cases.wake_when_complete.run(JOB_ID)

    assert use_cases.read(job).status == "processing"
    assert use_cases.executions.woken == []


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
    use_cases.put(upload.key, VIDEO)

    use_cases.clock.forward(step.poll_after or 0)
    assert use_cases.collect(job).next == "submit"
    use_cases.submit(job)

    assert use_cases.read(job).status == "processing"
