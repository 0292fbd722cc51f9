"""The Collect task: what each answer of the provider, and each message, makes of a job."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from faceswap.rules.job import Job
from faceswap.rules.job_media import UploadedMedia
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.samples import a_job
from tests.support.scripted import success
from tests.support.servers import Answer
from tests.support.wired_use_cases import DEADLINES


def test_a_job_under_way_is_looked_at_later(use_cases: FakedUseCases) -> None:
    job = use_cases.processing()

    turns = []
    for _ in range(3):
        turns.append(use_cases.collect(job))
        use_cases.clock.forward(turns[-1].poll_after or 0)

    assert [turn.next for turn in turns] == ["wait"] * 3
    assert [turn.poll_after for turn in turns] == [15, 23, 34]
    assert use_cases.read(job) == job.model_copy(update={"polls": 3})


@pytest.mark.parametrize(("seconds", "then"), [(60, ("wait", 1)), (61, ("submit", None))])
def test_a_job_that_waits_alone_is_sent_from_its_moment_on(
    use_cases: FakedUseCases, seconds: int, then: tuple[str, int | None]
) -> None:
    job = use_cases.job(submit_after=use_cases.clock.now + timedelta(seconds=61))
    use_cases.clock.forward(seconds)

    step = use_cases.collect(job)

    assert (step.next, step.poll_after) == then


def test_a_failure_ends_the_job(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = Answer(
        body=b'{"status":"failed","id":"","message":"Failed, Try Again"}'
    )
    job = use_cases.processing()

    assert use_cases.collect(job).next == "done"

    assert use_cases.error_of(job) == ("failed", "provider-failed", "Failed, Try Again")


def test_an_unknown_id_is_believed_after_a_while_only(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = Answer(
        body=b'{"status":"failed","id":"","message":"Request not found"}'
    )
    job = use_cases.processing()

    assert use_cases.collect(job).next == "wait"
    use_cases.clock.forward(120)
    assert use_cases.collect(job).next == "done"

    assert use_cases.error_of(job) == ("failed", "provider-failed", "Request not found")


def test_a_message_of_success_counts_once_fetch_has_failed_long_enough(
    use_cases: FakedUseCases,
) -> None:
    use_cases.script.fetch = Answer(401, b'{"status":"error","message":"Invalid Api Key"}')
    job = use_cases.processing(evidence_succeeded=use_cases.told(generation_time=4.5))

    for _ in range(3):
        assert use_cases.collect(job).next == "wait"
        use_cases.clock.forward(40)
    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", 4.5)
    assert after.fetch_failures == 4


def test_without_a_message_a_failing_fetch_decides_nothing(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = Answer(500, b"")
    job = use_cases.processing()

    for _ in range(6):
        assert use_cases.collect(job).next == "wait"
        use_cases.clock.forward(40)

    assert use_cases.read(job).status == "processing"


def test_a_key_that_was_rotated_while_the_job_runs_is_read_anew(use_cases: FakedUseCases) -> None:
    use_cases.keys[:] = ["old", "new"]
    use_cases.script.fetch = Answer(401, b'{"status":"error","message":"Invalid API key"}')
    job = use_cases.processing()

    first = use_cases.collect(job)
    use_cases.script.fetch = success(use_cases.link())
    second = use_cases.collect(job)

    assert (first.next, second.next, use_cases.read(job).status) == ("wait", "done", "succeeded")
    assert (use_cases.provider.keys, use_cases.asked("fetch")) == (["old", "new"], 2)


def test_a_provider_that_is_elsewhere_is_told_at_each_poll(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = Answer(308, b"", {"location": "https://new.example/x?key=k"})
    job = use_cases.processing()

    assert use_cases.collect(job).next == "wait"

    assert [reply.location for reply in use_cases.refusals] == ["https://new.example/x"]


@pytest.mark.parametrize(
    ("fetch", "seconds", "kind"),
    [
        (b'{"status":"error","message":"Unable to fetch video from provided URL"}', 60, "input-expired"),
        (b'{"status":"error","message":"Unable to fetch video from provided URL"}', 59, "input-invalid"),
        (b'{"status":"failed","message":"Failed, Try Again"}', 60, "provider-failed"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_read_when_its_link_has_ended_has_expired(
    use_cases: FakedUseCases, fetch: bytes, seconds: int, kind: str
) -> None:
    use_cases.script.fetch = Answer(body=fetch)
    upload = UploadedMedia(key="media/upl_x.mp4")
    job = use_cases.processing(media=a_job().media | {"init_video": upload})
    foreign = use_cases.processing()

    use_cases.clock.forward(seconds)
    use_cases.collect(job)
    use_cases.collect(foreign)

    never_expires = "input-invalid" if kind == "input-expired" else kind
    assert use_cases.error_of(job)[:2] == ("failed", kind)
    assert use_cases.error_of(foreign)[:2] == ("failed", never_expires)


def test_after_an_ambiguous_submit_the_id_comes_from_a_message(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch = success(use_cases.link(), request_id=77)
    job = use_cases.submitting(evidence_pending=use_cases.told(urls=(), request_id="77"))

    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.request_id, after.version) == (
        "done",
        "succeeded",
        "77",
        3,
    )
    assert after.accepted_at == use_cases.clock.now


def test_a_second_message_while_the_id_is_taken_from_the_first_holds_nothing_up(
    use_cases: FakedUseCases,
) -> None:
    job = use_cases.submitting(evidence_pending=use_cases.told(urls=(), request_id="77"))
    meanwhile(use_cases.jobs, "move", partial(use_cases.wake_job.run, job.job_id))

    use_cases.collect(job)

    assert (use_cases.read(job).status, use_cases.read(job).request_id) == ("processing", "77")


def test_after_an_ambiguous_submit_a_message_without_an_id_is_no_evidence(
    use_cases: FakedUseCases,
) -> None:
    job = use_cases.submitting(evidence_succeeded=use_cases.told(request_id=None))

    assert use_cases.collect(job).next == "wait"
    assert use_cases.asked("fetch") == 0
    use_cases.clock.forward(DEADLINES.job)
    assert use_cases.collect(job).next == "done"
    assert use_cases.error_of(job) == ("failed", "submission-unknown", None)


@pytest.mark.parametrize(
    "change", ["wait for upload", "look", "find id", "count fetch", "count copy", "give up fetch"]
)
def test_a_job_that_changes_meanwhile_is_left_as_it_is(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    made: dict[str, Callable[[], Job]] = {
        "wait for upload": lambda: use_cases.job(
            status="awaiting_upload", deadline_at=use_cases.clock.now
        ),
        "look": lambda: use_cases.processing(deadline_at=use_cases.clock.now),
        "find id": lambda: use_cases.submitting(evidence_pending=use_cases.told(request_id="77")),
        "count fetch": use_cases.processing,
        "count copy": use_cases.processing,
        "give up fetch": lambda: use_cases.processing(
            fetch_failures=9,
            fetch_failing_since=use_cases.clock.now - timedelta(hours=1),
            evidence_succeeded=use_cases.told(),
        ),
    }
    job = made[change]()
    if change in {"count fetch", "give up fetch"}:
        use_cases.script.fetch = Answer(500, b"")
    if change == "count copy":
        use_cases.script.fetch, use_cases.reader.is_broken = success(use_cases.link()), True
    for name in ("move", "note"):
        real = getattr(use_cases.jobs, name)

        def cancelled_first(read: Job, *args: Any, real: Any = real, **fields: Any) -> Job | None:
            current = use_cases.read(job)
            if not current.is_final:
                type(use_cases.jobs).move(use_cases.jobs, current, "cancelled", use_cases.clock.now)
            result: Job | None = real(read, *args, **fields)
            return result

        monkeypatch.setattr(use_cases.jobs, name, cancelled_first)

    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (after.status, after.error, after.result) == ("cancelled", None, None)
    assert turn.next == ("done" if after.closed_at else "wait")
    assert use_cases.results(job) == []


def test_what_is_over_or_not_there_is_done(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job(status="failed")
    gone = use_cases.processing(deadline_at=use_cases.clock.now)

    assert use_cases.collect(job).next == "done"
    assert use_cases.collect(a_job()).next == "done"
    found = iter([gone])
    monkeypatch.setattr(use_cases.jobs, "get", lambda _job_id: next(found, None))
    monkeypatch.setattr(use_cases.jobs, "move", lambda *_args, **_fields: None)
    with pytest.raises(LookupError):
        use_cases.collect(gone)
