"""The Collect task where it raises, or where its writes are refused."""

from datetime import timedelta

import pytest

from faceswap.ports.jobs import RefusedContentError
from faceswap.usecases.archive_result import ArchiveResult
from faceswap.usecases.settle_job import SettleJob
from tests.support.faked_use_cases import FakedUseCases
from tests.support.scripted import success
from tests.support.wired_use_cases import DEADLINES


def test_what_the_table_refuses_of_an_answer_is_left_out(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    use_cases.jobs.behaviour = "refuses what is optional"
    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", None)
    assert len(use_cases.results(job)) == 1


def test_a_final_write_that_is_refused_for_good_leaves_no_copies_and_ends_at_the_deadline(
    use_cases: FakedUseCases,
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()
    use_cases.jobs.behaviour = "refuses results"

    for failures in range(3):
        with pytest.raises(RefusedContentError):
            use_cases.collect(job, after_failure=failures > 0)
        assert use_cases.results(job) == []
        assert use_cases.read(job).collect_failures == failures
        use_cases.clock.forward(60)
    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job, after_failure=True).next == "done"
    assert use_cases.error_of(job) == ("failed", "internal", None)
    assert use_cases.results(job) == []
    assert [finished.job_id for finished in use_cases.finished] == [job.job_id]


def test_a_collect_that_raises_again_and_again_ends_the_job(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing(deadline_at=use_cases.clock.now + timedelta(hours=6))
    key = f"results/{job.job_id}/left.mp4"
    use_cases.media.objects[key] = b"abc"

    def broken(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(ArchiveResult, "run", broken)
    # A third of the deadline is less than an hour here.
    for failures in range(10):
        with pytest.raises(ValueError, match="a bug"):
            use_cases.collect(job, after_failure=failures > 0)
        use_cases.clock.forward(12)
    assert use_cases.results(job) == [key]

    assert use_cases.collect(job, after_failure=True).next == "done"
    assert use_cases.error_of(job) == ("failed", "internal", None)
    assert use_cases.results(job) == []


def test_cleaning_up_after_an_end_is_tried_for_an_hour_and_then_left_to_the_lifecycle(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    def broken(*_: object) -> None:
        raise OSError("the bucket is away")

    monkeypatch.setattr(SettleJob, "run", broken)
    for failures in range(3):
        with pytest.raises(OSError, match="away"):
            use_cases.collect(job, after_failure=failures > 0)
    assert use_cases.read(job).status == "succeeded"
    use_cases.clock.forward(3600)

    assert use_cases.collect(job, after_failure=True).next == "done"
    assert use_cases.read(job).status == "succeeded"


@pytest.mark.parametrize("deadline", [300, 3600])
def test_cleaning_up_after_a_drained_job_is_left_to_the_lifecycle_after_an_hour_and_its_deadline(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch, deadline: int
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing(deadline_at=use_cases.clock.now + timedelta(seconds=deadline))
    use_cases.cancel_job.run(job.job_id, "me")

    def broken(*_: object) -> None:
        raise OSError("the bucket is away")

    monkeypatch.setattr(SettleJob, "run", broken)
    for seconds in (0, 300, 3299):
        use_cases.clock.forward(seconds)
        with pytest.raises(OSError, match="away"):
            use_cases.collect(job, after_failure=True)
    use_cases.clock.forward(1)

    assert use_cases.collect(job, after_failure=True).next == "done"
    assert use_cases.read(job).closed_at == use_cases.clock.now


@pytest.mark.parametrize(
    ("status", "counted"),
    [("awaiting_upload", 0), ("queued", 0), ("submitting", 1), ("processing", 1)],
)
def test_a_failure_counts_while_the_job_is_at_the_provider(
    use_cases: FakedUseCases, status: str, counted: int
) -> None:
    job = use_cases.job(status=status, submitted_at=use_cases.clock.now, request_id="298")

    use_cases.collect(job)
    assert use_cases.read(job).collect_failures == 0
    use_cases.collect(job, after_failure=True)

    seen = [after.collect_failures for _, after in use_cases.jobs.past[job.job_id]]
    assert max(seen) == counted


def test_failures_with_tasks_between_that_came_through_do_not_end_a_job_that_nobody_can_ask_about(
    use_cases: FakedUseCases,
) -> None:
    deadline = use_cases.clock.now + timedelta(seconds=120)
    job = use_cases.job(status="submitting", submitted_at=use_cases.clock.now, deadline_at=deadline)
    for _ in range(3):
        use_cases.clock.forward(30)
        use_cases.collect(job, after_failure=True)
    use_cases.clock.forward(31)

    use_cases.collect(job, after_failure=True)

    failure = use_cases.read(job).error
    assert failure is not None
    assert failure.type == "submission-unknown"
