"""The Collect task, in each thing that may have become of a job."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from faceswap.ports import RefusedContentError
from faceswap.rules.job import Job, UploadedMedia
from faceswap.store.jobs import JobStore
from faceswap.usecases.archive_result import ArchiveResult
from faceswap.usecases.settle_job import SettleJob
from tests.support.boxes import FTYP, MOOV, box
from tests.support.samples import a_job
from tests.support.servers import Answer
from tests.support.use_cases import DEADLINES, UseCases, success
from tests.support.world import VIDEO

HTML = Answer(body=b"<html>soon</html>")


class _Refusing:
    """DynamoDB, but for writes that set one field: it refuses them for their content."""

    def __init__(self, dynamodb: Any, field: str) -> None:
        self._dynamodb = dynamodb
        self._field = field

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dynamodb, name)

    def update_item(self, **request: Any) -> Any:
        if f":{self._field}" in request["ExpressionAttributeValues"]:
            raise ClientError({"Error": {"Code": "ValidationException"}}, "UpdateItem")
        return self._dynamodb.update_item(**request)


def refusing(use_cases: UseCases, field: str) -> UseCases:
    """The use_cases with a table that refuses what it is given for this field."""
    dynamodb: Any = _Refusing(use_cases.world.aws("dynamodb"), field)
    return replace(use_cases, jobs=JobStore(dynamodb, use_cases.table))


def error_of(use_cases: UseCases, job: Job) -> tuple[str, str | None, str | None]:
    after = use_cases.read(job)
    if after.error is None:
        return after.status, None, None
    return after.status, after.error.type, after.error.upstream


def test_a_finished_job_is_archived_checked_and_ended(use_cases: UseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.version) == ("done", "succeeded", 2)
    assert after.result is not None
    assert use_cases.results(job) == [after.result.key]
    stored = use_cases.world.aws("s3").get_object(
        Bucket=use_cases.world.stack.media_bucket, Key=after.result.key
    )
    assert stored["Body"].read() == VIDEO
    assert stored["ContentType"] == "video/mp4"
    assert (stored["ContentDisposition"], stored["CacheControl"]) == ("attachment", "no-store")
    assert (after.generation_time, after.finished_at) == (9.5, use_cases.clock.now)
    use_cases.collect(job)
    assert [finished.job_id for finished in use_cases.finished] == [job.job_id]
    item = _item(use_cases, job)
    assert "open" not in item
    assert "sig=1" not in str(item)


@pytest.mark.parametrize("status", ["success", "failed"])
def test_once_it_is_over_only_what_the_job_refers_to_is_kept(
    use_cases: UseCases, status: str
) -> None:
    use_cases.script.fetch = (
        success(use_cases.link()) if status == "success" else Answer(body=b'{"status":"failed"}')
    )
    job, other = use_cases.processing(), use_cases.processing()
    for owner_of_copy in (job, other):
        key = f"results/{owner_of_copy.job_id}/forgotten.mp4"
        use_cases.world.aws("s3").put_object(
            Bucket=use_cases.world.stack.media_bucket, Key=key, Body=VIDEO
        )

    use_cases.collect(job)

    result = use_cases.read(job).result
    assert use_cases.results(job) == ([result.key] if result else [])
    assert bool(result) == (status == "success")
    assert len(use_cases.results(other)) == 1


def test_a_second_link_is_tried_and_the_first_leaves_nothing(use_cases: UseCases) -> None:
    use_cases.script.files["/bad.mp4"] = HTML
    use_cases.script.fetch = success(use_cases.link("bad.mp4"), use_cases.link("good.mp4"))
    job = use_cases.processing()

    turn = use_cases.collect(job)

    assert (turn.next, len(use_cases.results(job))) == ("done", 1)
    assert use_cases.asked("bad.mp4") == 1


def test_a_key_that_was_rotated_while_the_job_runs_is_read_anew(use_cases: UseCases) -> None:
    use_cases.keys[:] = ["old", "new"]
    use_cases.script.fetch = Answer(401, b'{"status":"error","message":"Invalid API key"}')
    job = use_cases.processing()

    first = use_cases.collect(job)
    use_cases.script.fetch = success(use_cases.link())
    second = use_cases.collect(job)

    assert (first.next, second.next, use_cases.read(job).status) == ("wait", "done", "succeeded")
    asked = [
        json.loads(body)["key"] for _, path, _, body in use_cases.server.requests if "fetch" in path
    ]
    assert asked == ["old", "new"]


def test_a_job_under_way_is_looked_at_later(use_cases: UseCases) -> None:
    job = use_cases.processing()

    turns = []
    for _ in range(3):
        turns.append(use_cases.collect(job))
        use_cases.clock.forward(turns[-1].poll_after or 0)

    assert [turn.next for turn in turns] == ["wait"] * 3
    assert [turn.poll_after for turn in turns] == [15, 23, 34]
    assert use_cases.read(job) == job.model_copy(update={"polls": 3})


def test_a_failure_ends_the_job(use_cases: UseCases) -> None:
    use_cases.script.fetch = Answer(
        body=b'{"status":"failed","id":"","message":"Failed, Try Again"}'
    )
    job = use_cases.processing()

    assert use_cases.collect(job).next == "done"

    assert error_of(use_cases, job) == ("failed", "provider-failed", "Failed, Try Again")


def test_an_unknown_id_is_believed_after_a_while_only(use_cases: UseCases) -> None:
    use_cases.script.fetch = Answer(
        body=b'{"status":"failed","id":"","message":"Request not found"}'
    )
    job = use_cases.processing()

    assert use_cases.collect(job).next == "wait"
    use_cases.clock.forward(120)
    assert use_cases.collect(job).next == "done"

    assert error_of(use_cases, job) == ("failed", "provider-failed", "Request not found")


def test_a_message_of_success_counts_once_fetch_has_failed_long_enough(use_cases: UseCases) -> None:
    use_cases.script.fetch = Answer(401, b'{"status":"error","message":"Invalid Api Key"}')
    job = use_cases.processing(evidence_succeeded=use_cases.told(generation_time=4.5))

    for _ in range(3):
        assert use_cases.collect(job).next == "wait"
        use_cases.clock.forward(40)
    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", 4.5)
    assert after.fetch_failures == 4


def test_without_a_message_a_failing_fetch_decides_nothing(use_cases: UseCases) -> None:
    use_cases.script.fetch = Answer(500, b"")
    job = use_cases.processing()

    for _ in range(6):
        assert use_cases.collect(job).next == "wait"
        use_cases.clock.forward(40)

    assert use_cases.read(job).status == "processing"


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
    use_cases: UseCases, fetch: Answer, upstream: str | None
) -> None:
    job = use_cases.processing()
    for _ in range(2):
        assert use_cases.collect(job).next == "wait"
    use_cases.script.fetch = fetch
    assert use_cases.collect(job).next == "wait"

    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job).next == "done"
    assert error_of(use_cases, job) == ("failed", "provider-timeout", upstream)
    error = use_cases.read(job).error
    assert error is not None
    assert ("2 of its 4 answers could not be understood" in error.detail) == bool(upstream)


def test_a_provider_that_is_elsewhere_is_told_at_each_poll(use_cases: UseCases) -> None:
    use_cases.script.fetch = Answer(308, b"", {"location": "https://new.example/x?key=k"})
    job = use_cases.processing()

    assert use_cases.collect(job).next == "wait"

    assert [reply.location for reply in use_cases.refusals] == ["https://new.example/x"]


@pytest.mark.parametrize(
    ("fetch", "seconds", "kind"),
    [
        (b'{"status":"error","message":"Unable to fetch video from provided URL"}', 60, "input-expired"),
        (b'{"status":"error","message":"Unable to fetch video from provided URL"}', 59, "provider-failed"),
        (b'{"status":"failed","message":"Failed, Try Again"}', 60, "provider-failed"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_read_when_its_link_has_ended_has_expired(
    use_cases: UseCases, fetch: bytes, seconds: int, kind: str
) -> None:
    use_cases.script.fetch = Answer(body=fetch)
    upload = UploadedMedia(key="media/upl_x.mp4")
    job = use_cases.processing(media=a_job().media | {"init_video": upload})
    foreign = use_cases.processing()

    use_cases.clock.forward(seconds)
    use_cases.collect(job)
    use_cases.collect(foreign)

    assert error_of(use_cases, job)[:2] == ("failed", kind)
    assert error_of(use_cases, foreign)[:2] == ("failed", "provider-failed")


def test_what_the_table_refuses_of_an_answer_is_left_out(use_cases: UseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    turn = refusing(use_cases, "generation_time").collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", None)
    assert len(use_cases.results(job)) == 1


def test_a_final_write_that_is_refused_for_good_leaves_no_copies_and_ends_at_the_deadline(
    use_cases: UseCases,
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()
    hindered = refusing(use_cases, "result")

    for failures in range(3):
        with pytest.raises(RefusedContentError):
            hindered.collect(job, after_failure=failures > 0)
        assert use_cases.results(job) == []
        assert use_cases.read(job).collect_failures == failures
        use_cases.clock.forward(60)
    use_cases.clock.forward(DEADLINES.job)

    assert hindered.collect(job, after_failure=True).next == "done"
    assert error_of(use_cases, job) == ("failed", "internal", None)
    assert use_cases.results(job) == []
    assert [finished.job_id for finished in use_cases.finished] == [job.job_id]


def test_a_collect_that_raises_again_and_again_ends_the_job(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing(deadline_at=use_cases.clock.now + timedelta(hours=6))
    key = f"results/{job.job_id}/left.mp4"
    use_cases.world.aws("s3").put_object(
        Bucket=use_cases.world.stack.media_bucket, Key=key, Body=VIDEO
    )

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
    assert error_of(use_cases, job) == ("failed", "internal", None)
    assert use_cases.results(job) == []


def test_cleaning_up_after_an_end_is_tried_for_an_hour_and_then_left_to_the_lifecycle(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
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


def test_at_the_deadline_no_message_of_success_is_left_unused(use_cases: UseCases) -> None:
    job = use_cases.processing(evidence_succeeded=use_cases.told())

    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job).next == "done"
    assert use_cases.read(job).status == "succeeded"


def test_at_the_deadline_a_message_of_failure_tells_why(use_cases: UseCases) -> None:
    job = use_cases.processing(evidence_failed=use_cases.told(urls=(), text="no face"))

    use_cases.clock.forward(DEADLINES.job)
    use_cases.collect(job)

    assert error_of(use_cases, job) == ("failed", "provider-failed", "no face")


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
    use_cases: UseCases, fields: dict[str, Any], kind: str
) -> None:
    job = use_cases.job(**fields)

    use_cases.clock.forward(DEADLINES.queue - 1)
    assert use_cases.collect(job).next != "done"
    use_cases.clock.forward(1)
    assert use_cases.collect(job).next == "done"

    assert error_of(use_cases, job) == ("failed", kind, None)
    assert use_cases.asked("fetch") == 0


def test_after_an_ambiguous_submit_the_id_comes_from_a_message(use_cases: UseCases) -> None:
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


def test_after_an_ambiguous_submit_a_message_without_an_id_is_no_evidence(
    use_cases: UseCases,
) -> None:
    job = use_cases.submitting(evidence_succeeded=use_cases.told(request_id=None))

    assert use_cases.collect(job).next == "wait"
    assert use_cases.asked("fetch") == 0
    use_cases.clock.forward(DEADLINES.job)
    assert use_cases.collect(job).next == "done"
    assert error_of(use_cases, job) == ("failed", "submission-unknown", None)


def test_a_link_that_gives_no_video_is_tried_ten_times_and_ten_minutes(use_cases: UseCases) -> None:
    use_cases.script.fetch, use_cases.script.file = success(use_cases.link()), HTML
    job = use_cases.processing(deadline_at=use_cases.clock.now + timedelta(hours=6))

    for attempt in range(1, 11):
        turn = use_cases.collect(job)
        assert use_cases.read(job).archive_failures == attempt
        use_cases.clock.forward(60 if attempt < 10 else 0)
    assert turn.next == "wait"
    use_cases.clock.forward(60)
    assert use_cases.collect(job).next == "done"

    assert error_of(use_cases, job)[:2] == ("failed", "result-unusable")
    assert use_cases.results(job) == []


def test_a_link_that_gives_no_video_by_the_deadline_ends_the_job(use_cases: UseCases) -> None:
    use_cases.script.fetch, use_cases.script.file = success(use_cases.link()), HTML
    job = use_cases.processing()

    use_cases.clock.forward(DEADLINES.job)

    assert use_cases.collect(job).next == "done"
    assert error_of(use_cases, job)[:2] == ("failed", "result-unusable")


def test_who_loses_the_final_write_deletes_what_it_copied(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
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
        return stored

    monkeypatch.setattr(ArchiveResult, "run", cancelled_meanwhile)
    turn = use_cases.collect(job)

    assert (turn.next, use_cases.read(job).status, use_cases.results(job)) == (
        "done",
        "cancelled",
        [],
    )


def test_a_large_result_is_copied_in_parts_and_a_bad_one_leaves_no_part(
    use_cases: UseCases,
) -> None:
    large = FTYP + MOOV + box(b"mdat", bytes(20_000_000))
    use_cases.script.fetch, use_cases.script.file = (
        success(use_cases.link()),
        Answer(body=large[:-1]),
    )
    s3, bucket = use_cases.world.aws("s3"), use_cases.world.stack.media_bucket
    job = use_cases.processing()

    assert use_cases.collect(job).next == "wait"
    assert use_cases.results(job) == []
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
    use_cases.script.file = Answer(body=large)
    assert use_cases.collect(job).next == "done"

    head = s3.head_object(Bucket=bucket, Key=use_cases.results(job)[0])
    assert head["ContentLength"] == len(large)
    assert head["ETag"].endswith('-3"')


@pytest.mark.parametrize(
    "change", ["wait for upload", "look", "find id", "count fetch", "count copy", "give up fetch"]
)
def test_a_job_that_changes_meanwhile_is_left_as_it_is(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch, change: str
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
        use_cases.script.fetch, use_cases.script.file = success(use_cases.link()), HTML
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
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job(status="failed")
    gone = use_cases.processing(deadline_at=use_cases.clock.now)

    assert use_cases.collect(job).next == "done"
    assert use_cases.collect_result.run("job_" + "z" * 26, seconds_left=lambda: 1.0).next == "done"
    found = iter([gone])
    monkeypatch.setattr(use_cases.jobs, "get", lambda _job_id: next(found, None))
    monkeypatch.setattr(use_cases.jobs, "move", lambda *_args, **_fields: None)
    with pytest.raises(LookupError):
        use_cases.collect(gone)


def _item(use_cases: UseCases, job: Job) -> dict[str, Any]:
    answer = use_cases.world.aws("dynamodb").get_item(
        TableName="lab-jobs", Key={"pk": {"S": f"job#{job.job_id}"}}
    )
    item: dict[str, Any] = answer["Item"]
    return item
