"""The Collect task: which copies of a result are made, and which are left."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from faceswap.rules.job import Job
from faceswap.usecases.archive_result import ArchiveResult
from tests.support.faked_use_cases import FakedUseCases
from tests.support.scripted import success
from tests.support.servers import Answer


def test_a_finished_job_is_archived_checked_and_ended(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.version) == ("done", "succeeded", 2)
    assert after.result is not None
    assert use_cases.results(job) == [after.result.key]
    assert after.result.size == len(use_cases.media.objects[after.result.key]) > 0
    assert (after.generation_time, after.finished_at) == (9.5, use_cases.clock.now)
    use_cases.collect(job)
    assert [finished.job_id for finished in use_cases.finished] == [job.job_id]
    assert use_cases.read(job).closed_at is not None
    assert "sig=1" not in after.model_dump_json()


@pytest.mark.parametrize("status", ["success", "failed"])
def test_once_it_is_over_only_what_the_job_refers_to_is_kept(
    use_cases: FakedUseCases, status: str
) -> None:
    use_cases.script.fetch = (
        success(use_cases.link()) if status == "success" else Answer(body=b'{"status":"failed"}')
    )
    job, other = use_cases.processing(), use_cases.processing()
    for owner_of_copy in (job, other):
        key = f"results/{owner_of_copy.job_id}/forgotten.mp4"
        use_cases.media.objects[key] = b"abc"

    use_cases.collect(job)

    result = use_cases.read(job).result
    assert use_cases.results(job) == ([result.key] if result else [])
    assert bool(result) == (status == "success")
    assert len(use_cases.results(other)) == 1


def test_a_second_link_is_tried_and_the_first_leaves_nothing(use_cases: FakedUseCases) -> None:
    use_cases.reader.broken.add(use_cases.link("bad.mp4"))
    use_cases.script.fetch = success(use_cases.link("bad.mp4"), use_cases.link("good.mp4"))
    job = use_cases.processing()

    turn = use_cases.collect(job)

    assert (turn.next, len(use_cases.results(job))) == ("done", 1)
    assert use_cases.asked("bad.mp4") == 1


def test_a_link_that_gives_no_video_is_tried_ten_times_and_ten_minutes(
    use_cases: FakedUseCases,
) -> None:
    use_cases.script.fetch, use_cases.reader.is_broken = success(use_cases.link()), True
    job = use_cases.processing(deadline_at=use_cases.clock.now + timedelta(hours=6))

    for attempt in range(1, 11):
        turn = use_cases.collect(job)
        assert use_cases.read(job).archive_failures == attempt
        use_cases.clock.forward(60 if attempt < 10 else 0)
    assert turn.next == "wait"
    use_cases.clock.forward(60)
    assert use_cases.collect(job).next == "done"

    assert use_cases.error_of(job)[:2] == ("failed", "result-unusable")
    assert use_cases.results(job) == []


@pytest.mark.parametrize(("is_heard", "turn"), [(True, "done"), (False, "wait")])
def test_who_loses_the_final_write_deletes_what_it_copied(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch, is_heard: bool, turn: str
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()
    real = ArchiveResult.run

    def cancelled_meanwhile(
        self: ArchiveResult, of: Job, urls: tuple[str, ...], seconds_left: Callable[[], float]
    ) -> object:
        stored = real(self, of, urls, seconds_left)
        assert use_cases.results(job)
        use_cases.jobs.move(use_cases.read(job), "cancelled", use_cases.clock.now)
        if not is_heard:
            use_cases.script.fetch = Answer(500, b"")
        return stored

    monkeypatch.setattr(ArchiveResult, "run", cancelled_meanwhile)

    assert use_cases.collect(job).next == turn
    assert (use_cases.read(job).status, use_cases.results(job)) == ("cancelled", [])
