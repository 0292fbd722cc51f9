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
from tests.integration.conftest import DEADLINES, Lab
from tests.support.servers import Answer
from tests.support.world import VIDEO
from tests.unit.boxes import FTYP, MOOV, box
from tests.unit.samples import a_job

HTML = Answer(body=b"<html>soon</html>")


def success(*urls: str, request_id: int = 298) -> Answer:
    body = {"status": "success", "id": request_id, "output": list(urls), "generationTime": 9.5}
    return Answer(body=json.dumps(body).encode())


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


def refusing(lab: Lab, field: str) -> Lab:
    """The lab with a table that refuses what it is given for this field."""
    dynamodb: Any = _Refusing(lab.world.aws("dynamodb"), field)
    return replace(lab, jobs=JobStore(dynamodb, lab.table))


def error_of(lab: Lab, job: Job) -> tuple[str, str | None, str | None]:
    after = lab.read(job)
    if after.error is None:
        return after.status, None, None
    return after.status, after.error.type, after.error.upstream


def test_a_finished_job_is_archived_checked_and_ended(lab: Lab) -> None:
    lab.script.fetch = success(lab.link())
    job = lab.processing()

    turn = lab.collect(job)

    after = lab.read(job)
    assert (turn.next, after.status, after.version) == ("done", "succeeded", 2)
    assert after.result is not None
    assert lab.results(job) == [after.result.key]
    stored = lab.world.aws("s3").get_object(
        Bucket=lab.world.stack.media_bucket, Key=after.result.key
    )
    assert stored["Body"].read() == VIDEO
    assert stored["ContentType"] == "video/mp4"
    assert (after.generation_time, after.finished_at) == (9.5, lab.clock.now)
    lab.collect(job)
    assert [finished.job_id for finished in lab.finished] == [job.job_id]
    item = _item(lab, job)
    assert "open" not in item
    assert "sig=1" not in str(item)


@pytest.mark.parametrize("status", ["success", "failed"])
def test_once_it_is_over_only_what_the_job_refers_to_is_kept(lab: Lab, status: str) -> None:
    lab.script.fetch = (
        success(lab.link()) if status == "success" else Answer(body=b'{"status":"failed"}')
    )
    job, other = lab.processing(), lab.processing()
    for owner_of_copy in (job, other):
        key = f"results/{owner_of_copy.owner}/{owner_of_copy.job_id}/forgotten.mp4"
        lab.world.aws("s3").put_object(Bucket=lab.world.stack.media_bucket, Key=key, Body=VIDEO)

    lab.collect(job)

    result = lab.read(job).result
    assert lab.results(job) == ([result.key] if result else [])
    assert bool(result) == (status == "success")
    assert len(lab.results(other)) == 1


def test_a_second_link_is_tried_and_the_first_leaves_nothing(lab: Lab) -> None:
    lab.script.files["/bad.mp4"] = HTML
    lab.script.fetch = success(lab.link("bad.mp4"), lab.link("good.mp4"))
    job = lab.processing()

    turn = lab.collect(job)

    assert (turn.next, len(lab.results(job))) == ("done", 1)
    assert lab.asked("bad.mp4") == 1


def test_a_key_that_was_rotated_while_the_job_runs_is_read_anew(lab: Lab) -> None:
    lab.keys[:] = ["old", "new"]
    lab.script.fetch = Answer(401, b'{"status":"error","message":"Invalid API key"}')
    job = lab.processing()

    first = lab.collect(job)
    lab.script.fetch = success(lab.link())
    second = lab.collect(job)

    assert (first.next, second.next, lab.read(job).status) == ("wait", "done", "succeeded")
    asked = [json.loads(body)["key"] for _, path, _, body in lab.server.requests if "fetch" in path]
    assert asked == ["old", "new"]


def test_a_job_under_way_is_looked_at_later(lab: Lab) -> None:
    job = lab.processing()

    turns = []
    for _ in range(3):
        turns.append(lab.collect(job))
        lab.clock.forward(turns[-1].poll_after or 0)

    assert [turn.next for turn in turns] == ["wait"] * 3
    assert [turn.poll_after for turn in turns] == [15, 23, 34]
    assert lab.read(job) == job.model_copy(update={"polls": 3})


def test_a_failure_ends_the_job(lab: Lab) -> None:
    lab.script.fetch = Answer(body=b'{"status":"failed","id":"","message":"Failed, Try Again"}')
    job = lab.processing()

    assert lab.collect(job).next == "done"

    assert error_of(lab, job) == ("failed", "provider-failed", "Failed, Try Again")


def test_an_unknown_id_is_believed_after_a_while_only(lab: Lab) -> None:
    lab.script.fetch = Answer(body=b'{"status":"failed","id":"","message":"Request not found"}')
    job = lab.processing()

    assert lab.collect(job).next == "wait"
    lab.clock.forward(120)
    assert lab.collect(job).next == "done"

    assert error_of(lab, job) == ("failed", "provider-failed", "Request not found")


def test_a_message_of_success_counts_once_fetch_has_failed_long_enough(lab: Lab) -> None:
    lab.script.fetch = Answer(401, b'{"status":"error","message":"Invalid Api Key"}')
    job = lab.processing(evidence_succeeded=lab.told(generation_time=4.5))

    for _ in range(3):
        assert lab.collect(job).next == "wait"
        lab.clock.forward(40)
    turn = lab.collect(job)

    after = lab.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", 4.5)
    assert after.fetch_failures == 4


def test_without_a_message_a_failing_fetch_decides_nothing(lab: Lab) -> None:
    lab.script.fetch = Answer(500, b"")
    job = lab.processing()

    for _ in range(6):
        assert lab.collect(job).next == "wait"
        lab.clock.forward(40)

    assert lab.read(job).status == "processing"


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
    lab: Lab, fetch: Answer, upstream: str | None
) -> None:
    job = lab.processing()
    for _ in range(2):
        assert lab.collect(job).next == "wait"
    lab.script.fetch = fetch
    assert lab.collect(job).next == "wait"

    lab.clock.forward(DEADLINES.job)

    assert lab.collect(job).next == "done"
    assert error_of(lab, job) == ("failed", "provider-timeout", upstream)
    error = lab.read(job).error
    assert error is not None
    assert ("2 of its 4 answers could not be understood" in error.detail) == bool(upstream)


def test_a_provider_that_is_elsewhere_is_told_at_each_poll(lab: Lab) -> None:
    lab.script.fetch = Answer(308, b"", {"location": "https://new.example/x?key=k"})
    job = lab.processing()

    assert lab.collect(job).next == "wait"

    assert [reply.location for reply in lab.refusals] == ["https://new.example/x"]


@pytest.mark.parametrize(
    ("fetch", "seconds", "kind"),
    [
        (b'{"status":"error","message":"Unable to fetch video from provided URL"}', 60, "input-expired"),
        (b'{"status":"error","message":"Unable to fetch video from provided URL"}', 59, "provider-failed"),
        (b'{"status":"failed","message":"Failed, Try Again"}', 60, "provider-failed"),
    ],
)  # fmt: skip
def test_an_input_that_cannot_be_read_when_its_link_has_ended_has_expired(
    lab: Lab, fetch: bytes, seconds: int, kind: str
) -> None:
    lab.script.fetch = Answer(body=fetch)
    upload = UploadedMedia(upload_id="upl_x", key="uploads/me/upl_x.mp4")
    job = lab.processing(media=a_job().media | {"init_video": upload})
    foreign = lab.processing()

    lab.clock.forward(seconds)
    lab.collect(job)
    lab.collect(foreign)

    assert error_of(lab, job)[:2] == ("failed", kind)
    assert error_of(lab, foreign)[:2] == ("failed", "provider-failed")


def test_what_the_table_refuses_of_an_answer_is_left_out(lab: Lab) -> None:
    lab.script.fetch = success(lab.link())
    job = lab.processing()

    turn = refusing(lab, "generation_time").collect(job)

    after = lab.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", None)
    assert len(lab.results(job)) == 1


def test_a_final_write_that_is_refused_for_good_leaves_no_copies_and_ends_at_the_deadline(
    lab: Lab,
) -> None:
    lab.script.fetch = success(lab.link())
    job = lab.processing()
    hindered = refusing(lab, "result")

    for _ in range(3):
        with pytest.raises(RefusedContentError):
            hindered.collect(job)
        assert lab.results(job) == []
        lab.clock.forward(60)
    assert lab.read(job).collect_failures == 3
    lab.clock.forward(DEADLINES.job)

    assert hindered.collect(job).next == "done"
    assert error_of(lab, job) == ("failed", "internal", None)
    assert lab.results(job) == []
    assert [finished.job_id for finished in lab.finished] == [job.job_id]


def test_a_collect_that_raises_again_and_again_ends_the_job(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.script.fetch = success(lab.link())
    job = lab.processing(deadline_at=lab.clock.now + timedelta(hours=6))
    key = f"results/{job.owner}/{job.job_id}/left.mp4"
    lab.world.aws("s3").put_object(Bucket=lab.world.stack.media_bucket, Key=key, Body=VIDEO)

    def broken(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(ArchiveResult, "run", broken)
    # A third of the deadline is less than an hour here.
    for _ in range(10):
        with pytest.raises(ValueError, match="a bug"):
            lab.collect(job)
        lab.clock.forward(10)
    assert lab.results(job) == [key]

    assert lab.collect(job).next == "done"
    assert error_of(lab, job) == ("failed", "internal", None)
    assert lab.results(job) == []


def test_cleaning_up_after_an_end_is_tried_for_an_hour_and_then_left_to_the_lifecycle(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.script.fetch = success(lab.link())
    job = lab.processing()

    def broken(*_: object) -> None:
        raise OSError("the bucket is away")

    monkeypatch.setattr(SettleJob, "run", broken)
    for _ in range(3):
        with pytest.raises(OSError, match="away"):
            lab.collect(job)
    assert lab.read(job).status == "succeeded"
    lab.clock.forward(3600)

    assert lab.collect(job).next == "done"
    assert lab.read(job).status == "succeeded"


def test_at_the_deadline_no_message_of_success_is_left_unused(lab: Lab) -> None:
    job = lab.processing(evidence_succeeded=lab.told())

    lab.clock.forward(DEADLINES.job)

    assert lab.collect(job).next == "done"
    assert lab.read(job).status == "succeeded"


def test_at_the_deadline_a_message_of_failure_tells_why(lab: Lab) -> None:
    job = lab.processing(evidence_failed=lab.told(urls=(), text="no face"))

    lab.clock.forward(DEADLINES.job)
    lab.collect(job)

    assert error_of(lab, job) == ("failed", "provider-failed", "no face")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"status": "awaiting_upload"}, "upload-missing"),
        ({"status": "queued"}, "queue-timeout"),
        ({"status": "submitting"}, "submission-unknown"),
        ({"status": "processing"}, "provider-timeout"),
    ],
)
def test_each_status_has_its_deadline(lab: Lab, fields: dict[str, Any], kind: str) -> None:
    job = lab.job(**fields)

    lab.clock.forward(DEADLINES.queue - 1)
    assert lab.collect(job).next != "done"
    lab.clock.forward(1)
    assert lab.collect(job).next == "done"

    assert error_of(lab, job) == ("failed", kind, None)
    assert lab.asked("fetch") == 0


def test_after_an_ambiguous_submit_the_id_comes_from_a_message(lab: Lab) -> None:
    lab.script.fetch = success(lab.link(), request_id=77)
    job = lab.submitting(evidence_pending=lab.told(urls=(), request_id="77"))

    turn = lab.collect(job)

    after = lab.read(job)
    assert (turn.next, after.status, after.request_id, after.version) == (
        "done",
        "succeeded",
        "77",
        3,
    )


def test_after_an_ambiguous_submit_without_a_message_nothing_is_asked(lab: Lab) -> None:
    job = lab.submitting(evidence_succeeded=lab.told(request_id=None))

    assert lab.collect(job).next == "wait"
    assert lab.asked("fetch") == 0
    lab.clock.forward(DEADLINES.job)
    assert lab.collect(job).next == "done"
    assert lab.read(job).status == "succeeded"


def test_a_link_that_gives_no_video_is_tried_ten_times_and_ten_minutes(lab: Lab) -> None:
    lab.script.fetch, lab.script.file = success(lab.link()), HTML
    job = lab.processing(deadline_at=lab.clock.now + timedelta(hours=6))

    for attempt in range(1, 11):
        turn = lab.collect(job)
        assert lab.read(job).archive_failures == attempt
        lab.clock.forward(60 if attempt < 10 else 0)
    assert turn.next == "wait"
    lab.clock.forward(60)
    assert lab.collect(job).next == "done"

    assert error_of(lab, job)[:2] == ("failed", "result-unusable")
    assert lab.results(job) == []


def test_a_link_that_gives_no_video_by_the_deadline_ends_the_job(lab: Lab) -> None:
    lab.script.fetch, lab.script.file = success(lab.link()), HTML
    job = lab.processing()

    lab.clock.forward(DEADLINES.job)

    assert lab.collect(job).next == "done"
    assert error_of(lab, job)[:2] == ("failed", "result-unusable")


def test_who_loses_the_final_write_deletes_what_it_copied(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.script.fetch = success(lab.link())
    job = lab.processing()
    real = ArchiveResult.run

    def cancelled_meanwhile(self: ArchiveResult, of: Job, urls: tuple[str, ...]) -> object:
        stored = real(self, of, urls)
        assert lab.results(job)
        lab.jobs.move(lab.read(job), "cancelled", lab.clock.now)
        return stored

    monkeypatch.setattr(ArchiveResult, "run", cancelled_meanwhile)
    turn = lab.collect(job)

    assert (turn.next, lab.read(job).status, lab.results(job)) == ("done", "cancelled", [])


def test_a_large_result_is_copied_in_parts_and_a_bad_one_leaves_no_part(lab: Lab) -> None:
    large = FTYP + MOOV + box(b"mdat", bytes(20_000_000))
    lab.script.fetch, lab.script.file = success(lab.link()), Answer(body=large[:-1])
    s3, bucket = lab.world.aws("s3"), lab.world.stack.media_bucket
    job = lab.processing()

    assert lab.collect(job).next == "wait"
    assert lab.results(job) == []
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
    lab.script.file = Answer(body=large)
    assert lab.collect(job).next == "done"

    head = s3.head_object(Bucket=bucket, Key=lab.results(job)[0])
    assert head["ContentLength"] == len(large)
    assert head["ETag"].endswith('-3"')


@pytest.mark.parametrize(
    "change", ["wait for upload", "look", "find id", "count fetch", "count copy", "give up fetch"]
)
def test_a_job_that_changes_meanwhile_is_left_as_it_is(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    made: dict[str, Callable[[], Job]] = {
        "wait for upload": lambda: lab.job(status="awaiting_upload", deadline_at=lab.clock.now),
        "look": lambda: lab.processing(deadline_at=lab.clock.now),
        "find id": lambda: lab.submitting(evidence_pending=lab.told(request_id="77")),
        "count fetch": lab.processing,
        "count copy": lab.processing,
        "give up fetch": lambda: lab.processing(
            fetch_failures=9,
            fetch_failing_since=lab.clock.now - timedelta(hours=1),
            evidence_succeeded=lab.told(),
        ),
    }
    job = made[change]()
    if change in {"count fetch", "give up fetch"}:
        lab.script.fetch = Answer(500, b"")
    if change == "count copy":
        lab.script.fetch, lab.script.file = success(lab.link()), HTML
    for name in ("move", "note"):
        real = getattr(lab.jobs, name)

        def cancelled_first(read: Job, *args: Any, real: Any = real, **fields: Any) -> Job | None:
            current = lab.read(job)
            if not current.is_final:
                type(lab.jobs).move(lab.jobs, current, "cancelled", lab.clock.now)
            result: Job | None = real(read, *args, **fields)
            return result

        monkeypatch.setattr(lab.jobs, name, cancelled_first)

    turn = lab.collect(job)

    assert (turn.next, lab.read(job).status) == ("done", "cancelled")
    assert lab.results(job) == []


def test_what_is_over_or_not_there_is_done(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lab.job(status="failed")
    gone = lab.processing(deadline_at=lab.clock.now)

    assert lab.collect(job).next == "done"
    assert lab.collect_result.run("job_" + "z" * 26).next == "done"
    found = iter([gone])
    monkeypatch.setattr(lab.jobs, "get", lambda _job_id: next(found, None))
    monkeypatch.setattr(lab.jobs, "move", lambda *_args, **_fields: None)
    with pytest.raises(LookupError):
        lab.collect(gone)


def _item(lab: Lab, job: Job) -> dict[str, Any]:
    answer = lab.world.aws("dynamodb").get_item(
        TableName="lab-jobs", Key={"pk": {"S": f"job#{job.job_id}"}}
    )
    item: dict[str, Any] = answer["Item"]
    return item
