"""The Submit task, in each thing the provider may answer and each place it may die."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from faceswap.provider.modelslab.client import ModelsLabClient
from faceswap.rules.consent import UploadRecord
from faceswap.rules.errors import Fault
from faceswap.rules.ids import track_id
from faceswap.rules.job import Evidence
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.links import input_token
from faceswap.rules.next_step import NextStep
from faceswap.rules.uploads import StoredObject
from faceswap.store.admission import AdmissionStore
from tests.support.boxes import VIDEO
from tests.support.servers import Answer
from tests.support.use_cases import DEADLINES, UseCases


def test_an_accepted_job_is_processing_and_looked_at_when_it_is_expected(
    use_cases: UseCases,
) -> None:
    use_cases.script.submit = Answer(body=b'{"status":"processing","id":298,"eta":40}')
    job = use_cases.job()

    sleep = use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.request_id, after.version) == ("processing", "298", 3)
    assert after.deadline_at == use_cases.clock.now + timedelta(seconds=DEADLINES.job)
    assert (sleep.poll_after, sleep.wakeup_count) == (40, 0)
    sent = json.loads(use_cases.server.requests[0][3])
    assert sent["track_id"] == track_id(job.job_id)
    assert sent["webhook"].startswith(f"https://api.example/v1/webhooks/modelslab/{job.job_id}/")
    assert sent["init_video"] == "https://a.example/v.mp4?sig=1"


def test_uploads_are_sent_as_short_links_of_ours(use_cases: UseCases) -> None:
    job = use_cases.job(media=use_cases.uploaded())

    use_cases.submit(job)

    sent = json.loads(use_cases.server.requests[0][3])
    token = input_token("secret", job.job_id, "init_video")
    assert (
        sent["init_video"] == f"https://api.example/v1/inputs/{job.job_id}/{token}/init_video.mp4"
    )
    assert sent["init_image"] == "https://a.example/i.png"


def test_uploads_may_be_sent_as_signed_links(use_cases: UseCases) -> None:
    use_cases.input_links = "presigned"
    job = use_cases.job(media=use_cases.uploaded())

    use_cases.submit(job)

    link = json.loads(use_cases.server.requests[0][3])["init_video"]
    assert use_cases.world.http.get(link).content == VIDEO


def test_an_immediate_success_is_kept_as_evidence_and_needs_no_fetch(use_cases: UseCases) -> None:
    body = {"status": "success", "id": 298, "output": [use_cases.link()], "generationTime": 10.1}
    use_cases.script.submit = Answer(body=json.dumps(body).encode())
    job = use_cases.job()

    sleep = use_cases.submit(job)
    between = use_cases.read(job)
    use_cases.jobs.wake(
        job.job_id, evidence_succeeded=Evidence(at=use_cases.clock.now, by="webhook")
    )
    turn = use_cases.collect(job)

    assert (between.status, between.wakeup_count, sleep.wakeup_count) == ("processing", 1, 0)
    assert between.evidence_immediate is not None
    assert between.evidence_immediate.by == "submit"
    assert turn.next == "done"
    after = use_cases.read(job)
    assert (after.status, after.generation_time) == ("succeeded", 10.1)
    assert (use_cases.asked("specific"), use_cases.asked("fetch")) == (1, 0)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, b'{"status":"error","message":"Rate limit","retry_after":40}'), 42),
        (Answer(429, b"", {"retry-after": "9999"}), 600),
        (Answer(401, b'{"status":"error","message":"Invalid Api Key"}'), 600),
        (Answer(402, b"{}"), 600),
        (Answer(200, b'{"status":"error","message":"This requires a premium plan"}'), 600),
        (Answer(301, b"", {"location": "https://new.example/x"}), 600),
        (Answer(308, b"", {"location": "https://new.example/x", "retry-after": "40"}), 42),
    ],
    ids=["named", "too long", "key", "credit", "plan", "moved", "moved for a while"],
)
def test_where_nothing_was_started_the_job_waits_in_the_queue(
    use_cases: UseCases, answer: Answer, seconds: int
) -> None:
    use_cases.script.submit = answer
    job = use_cases.job(deadline_at=use_cases.clock.now + timedelta(days=7))

    sleep = use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.submitted_at) == ("queued", None)
    until = after.submit_after or use_cases.admission.state().hold_until
    assert until == use_cases.clock.now + timedelta(seconds=seconds)
    assert after.deadline_at == use_cases.clock.now + timedelta(seconds=DEADLINES.queue)
    assert sleep.poll_after == (seconds if seconds < 60 else DEADLINES.queue)
    use_cases.clock.forward(seconds - 1)
    use_cases.submit(job)
    assert use_cases.asked("specific") == 1
    assert len(use_cases.refusals) == 1


def test_it_is_submitted_again_when_the_wait_is_over(use_cases: UseCases) -> None:
    use_cases.script.submit = Answer(429, b'{"retry_after":40}')
    job = use_cases.job()
    use_cases.submit(job)
    use_cases.submit(job)
    assert use_cases.asked("specific") == 1

    use_cases.clock.forward(42)
    use_cases.script.submit = Answer(body=b'{"status":"processing","id":298}')
    assert use_cases.collect(job).next == "submit"
    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.asked("specific")) == ("processing", 2)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("No face was found", "input-invalid"),
        ("Not today", "provider-rejected"),
    ],
)
def test_a_refused_job_fails_with_the_provider_s_words(
    use_cases: UseCases, message: str, kind: str
) -> None:
    use_cases.script.submit = Answer(
        body=json.dumps({"status": "error", "message": message}).encode()
    )
    job = use_cases.job()

    use_cases.submit(job)

    after = use_cases.read(job)
    assert after.status == "failed"
    assert after.error is not None
    assert (after.error.type, after.error.upstream) == (kind, message)
    assert after.media["init_video"].source == "https://a.example/v.mp4"


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        (Answer(502, b"<html>"), "HTTP 502: <html>"),
        (
            Answer(302, b"", {"location": "https://new.example/x?y"}),
            "HTTP 302, redirect to new.example: (empty)",
        ),
    ],
)
def test_an_ambiguous_answer_is_never_followed_by_another_request(
    use_cases: UseCases, answer: Answer, unread: str
) -> None:
    use_cases.script.submit = answer
    job = use_cases.job()

    for _ in range(3):
        use_cases.submit(job)
        assert use_cases.collect(job).next == "wait"

    assert use_cases.read(job).status == "submitting"
    assert (use_cases.asked("specific"), use_cases.asked("fetch")) == (1, 0)
    assert len(use_cases.refusals) == (answer.status == 302)
    use_cases.clock.forward(DEADLINES.job)
    use_cases.collect(job)
    error = use_cases.read(job).error
    assert error is not None
    assert (error.type, error.upstream) == ("submission-unknown", unread)


def test_a_submit_that_dies_after_the_request_does_not_send_again(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ModelsLabClient.submit

    def die(self: ModelsLabClient, key: str, submission: object) -> object:
        real(self, key, submission)  # type: ignore[arg-type]
        raise SystemError("the process was killed")

    job = use_cases.job()
    with monkeypatch.context() as patch:
        patch.setattr(ModelsLabClient, "submit", die)
        with pytest.raises(SystemError):
            use_cases.submit(job)
    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.asked("specific")) == ("submitting", 1)


def test_nothing_is_sent_while_submitting_is_off_or_too_late(use_cases: UseCases) -> None:
    job = use_cases.job()
    use_cases.enabled = False
    assert use_cases.submit(job).next == "wait"
    use_cases.enabled = True
    use_cases.clock.forward(DEADLINES.queue)
    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.asked("specific")) == ("queued", 0)


def test_a_job_that_is_not_there_ends_its_execution(use_cases: UseCases) -> None:
    assert use_cases.submit_job.run("job_" + "z" * 26, "https://api.example") == NextStep(
        next="done"
    )


def test_an_upload_that_is_gone_ends_the_job(use_cases: UseCases) -> None:
    media = use_cases.uploaded()
    upload = use_cases.uploads.get(media["init_video"].source.removeprefix("upload:"))
    assert upload is not None
    assert use_cases.uploads.erase(upload, use_cases.clock.now)
    job = use_cases.job(media=media)

    use_cases.submit(job)

    after = use_cases.read(job)
    assert after.error is not None
    assert (after.error.type, use_cases.asked("specific")) == ("upload-missing", 0)


@pytest.mark.parametrize(
    ("content", "declared", "words"),
    [
        (VIDEO + b"!", None, f"has {len(VIDEO) + 1} bytes, {len(VIDEO)} were declared"),
        (VIDEO, "s", "has another SHA-256 than declared"),
    ],
)
def test_an_upload_that_is_not_what_was_declared_ends_the_job(
    use_cases: UseCases, content: bytes, declared: str | None, words: str
) -> None:
    job = use_cases.job(media=use_cases.uploaded(content, sha256=declared))

    use_cases.submit(job)

    after = use_cases.read(job)
    assert after.error is not None
    assert (after.error.type, use_cases.asked("specific")) == ("input-invalid", 0)
    assert after.error.detail == f"init_video: This file {words}."
    assert after.error.errors == (Fault(pointer="#/init_video", detail=f"This file {words}."),)


def test_uploads_are_waited_for(use_cases: UseCases) -> None:
    media = use_cases.uploaded(None)
    job = use_cases.job(status="awaiting_upload", media=media, queued_at=None)

    assert use_cases.submit(job).poll_after == 150  # a quarter of its 200 s is left then
    assert use_cases.collect(job).next == "submit"
    upload = media["init_video"]
    assert isinstance(upload, UploadedMedia)
    use_cases.put(upload.key, VIDEO)
    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.read(job).version) == ("processing", 4)
    receipt = use_cases.read(job).consent_receipt
    assert receipt is not None
    assert receipt.inputs["init_video"] == UploadRecord(
        size=len(VIDEO), etag=hashlib.md5(VIDEO, usedforsecurity=False).hexdigest()
    )


def test_what_the_provider_speaks_of_at_the_last_moment_is_not_sent_again(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Evidence(at=use_cases.clock.now, by="webhook", is_tracked=True, request_id="298")
    job, real = use_cases.job(), AdmissionStore.take

    def told_meanwhile(self: AdmissionStore, *args: Any) -> bool:
        use_cases.jobs.wake(job.job_id, evidence_pending=told)
        return real(self, *args)

    monkeypatch.setattr(AdmissionStore, "take", told_meanwhile)
    use_cases.submit(job)

    assert use_cases.asked("specific") == 0
    assert use_cases.read(job).status == "submitting"


def test_what_the_provider_has_already_spoken_of_is_not_sent_again(use_cases: UseCases) -> None:
    told = Evidence(at=use_cases.clock.now, by="webhook", is_tracked=True, request_id="298")
    job = use_cases.job(evidence_pending=told)

    use_cases.submit(job)
    use_cases.collect(job)

    assert (
        use_cases.asked("specific"),
        use_cases.read(job).status,
        use_cases.read(job).request_id,
    ) == (
        0,
        "processing",
        "298",
    )


@pytest.mark.parametrize("status", ["awaiting_upload", "queued"])
def test_a_job_that_is_cancelled_meanwhile_is_not_sent(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    job = use_cases.job(status=status, media=use_cases.uploaded())

    def cancel_first(key: str) -> StoredObject:
        del key
        current = use_cases.read(job)
        if not current.is_final:
            use_cases.jobs.move(current, "cancelled", use_cases.clock.now)
        return StoredObject(size=5, etag="e")

    monkeypatch.setattr(use_cases.media, "find", cancel_first)
    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.asked("specific")) == ("cancelled", 0)


def test_a_job_that_vanishes_is_an_error(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job()
    monkeypatch.setattr(use_cases.jobs, "move", lambda *_args, **_fields: None)
    found = iter([job])
    monkeypatch.setattr(use_cases.jobs, "get", lambda _job_id: next(found, None))

    with pytest.raises(LookupError):
        use_cases.submit(job)
