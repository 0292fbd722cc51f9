"""The Collect task at a job's deadline."""

from typing import Any

import pytest

from tests.support.faked_use_cases import FakedUseCases
from tests.support.scripted import success
from tests.support.servers import Answer
from tests.support.wired_use_cases import DEADLINES


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": "awaiting_upload"}, "upload-missing"),
        ({"status": "queued"}, "queue-timeout"),
        ({"status": "submitting"}, "submission-unknown"),
        ({"status": "processing"}, "provider-timeout"),
    ],
)
def test_each_status_has_its_deadline(
    use_cases: FakedUseCases, fields: dict[str, Any], kind: str
) -> None:
    job = use_cases.job(**fields)

    use_cases.clock.forward(DEADLINES.queue - 1)
    assert use_cases.collect(job).next != "done"
    use_cases.clock.forward(1)
    assert use_cases.collect(job).next == "done"

    assert use_cases.error_of(job) == ("failed", kind, None)
    assert use_cases.asked("fetch") == 0


@pytest.mark.parametrize(
    ("fetch", "upstream"),
    [
        (Answer(500, b""), "HTTP 500: (empty)"),
        (Answer(body=b'{"status":"processing"}'), None),
        (
            Answer(body=b'{"status":"Done","output":["https://a.example/v.mp4?sig=1"]}'),
            """HTTP 200, status 'done': {"status":"Done","output":["[url]"]}""",
        ),
        (Answer(body=b"<b>Notice</b>: odd {}"), "HTTP 200: <b>Notice</b>: odd {}"),
        (
            Answer(301, b"", {"location": "https://new.example/x?key=k"}),
            "HTTP 301, redirect to new.example: (empty)",
        ),
    ],
)
def test_the_deadline_ends_a_job_that_the_provider_does_not_finish_and_tells_what_was_seen(
    use_cases: FakedUseCases, fetch: Answer, upstream: str | None
) -> None:
    job = use_cases.processing()
    for _ in range(2):
        assert use_cases.collect(job).next == "wait"
    use_cases.script.fetch = fetch
    assert use_cases.collect(job).next == "wait"

    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job).next == "done"
    assert use_cases.error_of(job) == ("failed", "provider-timeout", upstream)
    error = use_cases.read(job).error
    assert error is not None
    assert ("2 of its 4 answers could not be understood" in error.detail) == bool(upstream)


def test_at_the_deadline_no_message_of_success_is_left_unused(use_cases: FakedUseCases) -> None:
    job = use_cases.processing(evidence_succeeded=use_cases.told())

    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job).next == "done"
    assert use_cases.read(job).status == "succeeded"


def test_at_the_deadline_a_message_of_failure_tells_why(use_cases: FakedUseCases) -> None:
    job = use_cases.processing(evidence_failed=use_cases.told(urls=(), text="no face"))

    use_cases.clock.forward(DEADLINES.job)
    use_cases.collect(job)

    assert use_cases.error_of(job) == ("failed", "provider-failed", "no face")


def test_a_link_that_gives_no_video_by_the_deadline_ends_the_job(use_cases: FakedUseCases) -> None:
    use_cases.script.fetch, use_cases.reader.is_broken = success(use_cases.link()), True
    job = use_cases.processing()

    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job).next == "done"
    assert use_cases.error_of(job)[:2] == ("failed", "result-unusable")
