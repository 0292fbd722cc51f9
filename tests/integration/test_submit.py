"""The Submit task, in each thing the provider may answer and each place it may die."""

import json
import secrets
from datetime import timedelta

import pytest

from faceswap.provider.modelslab.client import ModelsLabClient
from faceswap.rules.ids import track_id
from faceswap.rules.job import Evidence, LinkedMedia, UploadedMedia
from faceswap.rules.links import input_token
from faceswap.rules.next_step import NextStep
from tests.integration.conftest import DEADLINES, Lab
from tests.support.servers import Answer


def test_an_accepted_job_is_processing_and_looked_at_when_it_is_expected(lab: Lab) -> None:
    lab.script.submit = Answer(body=b'{"status":"processing","id":298,"eta":40}')
    job = lab.job()

    sleep = lab.submit(job)

    after = lab.read(job)
    assert (after.status, after.request_id, after.version) == ("processing", "298", 3)
    assert after.deadline_at == lab.clock.now + timedelta(seconds=DEADLINES.job)
    assert (sleep.poll_after, sleep.seen) == (40, 0)
    sent = json.loads(lab.server.requests[0][3])
    assert sent["track_id"] == track_id(job.job_id)
    assert sent["webhook"].startswith(f"https://api.example/v1/webhooks/modelslab/{job.job_id}/")
    assert sent["init_video"] == "https://a.example/v.mp4?sig=1"


def test_uploads_are_sent_as_short_links_of_ours(lab: Lab) -> None:
    key = "uploads/me/upl_x.mp4"
    lab.world.aws("s3").put_object(Bucket=lab.world.stack.media_bucket, Key=key, Body=b"abc")
    job = lab.job(media=_media(key))

    lab.submit(job)

    sent = json.loads(lab.server.requests[0][3])
    token = input_token("secret", job.job_id, "init_video")
    assert (
        sent["init_video"] == f"https://api.example/v1/inputs/{job.job_id}/{token}/init_video.mp4"
    )
    assert sent["init_image"] == "https://a.example/x.png"


def test_uploads_may_be_sent_as_signed_links(lab: Lab) -> None:
    lab.input_links = "presigned"
    key = "uploads/me/upl_x.mp4"
    lab.world.aws("s3").put_object(Bucket=lab.world.stack.media_bucket, Key=key, Body=b"abc")
    job = lab.job(media=_media(key, sha256="ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="))

    lab.submit(job)

    link = json.loads(lab.server.requests[0][3])["init_video"]
    assert lab.world.http.get(link).content == b"abc"


def test_an_immediate_success_is_kept_as_evidence_and_needs_no_fetch(lab: Lab) -> None:
    body = {"status": "success", "id": 298, "output": [lab.link()], "generationTime": 10.1}
    lab.script.submit = Answer(body=json.dumps(body).encode())
    job = lab.job()

    sleep = lab.submit(job)
    between = lab.read(job)
    lab.jobs.wake(job.job_id, evidence_succeeded=Evidence(at=lab.clock.now, by="webhook"))
    turn = lab.collect(job)

    assert (between.status, between.signal, sleep.seen) == ("processing", 1, 0)
    assert between.evidence_immediate is not None
    assert between.evidence_immediate.by == "submit"
    assert turn.next == "done"
    after = lab.read(job)
    assert (after.status, after.generation_time) == ("succeeded", 10.1)
    assert (lab.asked("specific"), lab.asked("fetch")) == (1, 0)


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
    lab: Lab, answer: Answer, seconds: int
) -> None:
    lab.script.submit = answer
    job = lab.job(deadline_at=lab.clock.now + timedelta(days=7))

    sleep = lab.submit(job)

    after = lab.read(job)
    assert (after.status, after.submitted_at) == ("queued", None)
    assert after.submit_after == lab.clock.now + timedelta(seconds=seconds)
    assert after.deadline_at == lab.clock.now + timedelta(seconds=DEADLINES.queue)
    assert sleep.poll_after == min(seconds, DEADLINES.queue)
    lab.clock.forward(seconds - 1)
    lab.submit(job)
    assert lab.asked("specific") == 1
    assert len(lab.refusals) == 1


def test_it_is_submitted_again_when_the_wait_is_over(lab: Lab) -> None:
    lab.script.submit = Answer(429, b'{"retry_after":40}')
    job = lab.job()
    lab.submit(job)
    assert lab.collect(job).next == "wait"

    lab.clock.forward(42)
    lab.script.submit = Answer(body=b'{"status":"processing","id":298}')
    assert lab.collect(job).next == "submit"
    lab.submit(job)

    assert (lab.read(job).status, lab.asked("specific")) == ("processing", 2)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Unable to fetch image from provided URL", "input-invalid"),
        ("Not today", "provider-rejected"),
    ],
)
def test_a_refused_job_fails_with_the_provider_s_words(lab: Lab, message: str, kind: str) -> None:
    lab.script.submit = Answer(body=json.dumps({"status": "error", "message": message}).encode())
    job = lab.job()

    lab.submit(job)

    after = lab.read(job)
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
    lab: Lab, answer: Answer, unread: str
) -> None:
    lab.script.submit = answer
    job = lab.job()

    for _ in range(3):
        lab.submit(job)
        assert lab.collect(job).next == "wait"

    assert lab.read(job).status == "submitting"
    assert (lab.asked("specific"), lab.asked("fetch")) == (1, 0)
    assert len(lab.refusals) == (answer.status == 302)
    lab.clock.forward(DEADLINES.job)
    lab.collect(job)
    error = lab.read(job).error
    assert error is not None
    assert (error.type, error.upstream) == ("submission-unknown", unread)


def test_a_submit_that_dies_after_the_request_does_not_send_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ModelsLabClient.submit

    def die(self: ModelsLabClient, key: str, submission: object) -> object:
        real(self, key, submission)  # type: ignore[arg-type]
        raise SystemError("the process was killed")

    job = lab.job()
    with monkeypatch.context() as patch:
        patch.setattr(ModelsLabClient, "submit", die)
        with pytest.raises(SystemError):
            lab.submit(job)
    lab.submit(job)

    assert (lab.read(job).status, lab.asked("specific")) == ("submitting", 1)


def test_nothing_is_sent_while_submitting_is_off_or_too_late(lab: Lab) -> None:
    job = lab.job()
    lab.enabled = False
    assert lab.submit(job).poll_after == 200
    lab.enabled = True
    lab.clock.forward(DEADLINES.queue)
    lab.submit(job)

    assert (lab.read(job).status, lab.asked("specific")) == ("queued", 0)


def test_a_job_that_is_not_there_ends_its_execution(lab: Lab) -> None:
    assert lab.submit_job.run("job_" + "z" * 26, "https://api.example") == NextStep(next="done")


def test_an_upload_that_is_gone_ends_the_job(lab: Lab) -> None:
    job = lab.job(media=_media("uploads/me/gone.mp4"))

    lab.submit(job)

    after = lab.read(job)
    assert after.error is not None
    assert (after.error.type, lab.asked("specific")) == ("upload-missing", 0)


def test_uploads_are_waited_for(lab: Lab) -> None:
    key = f"uploads/me/upl_{secrets.token_hex(8)}.mp4"
    job = lab.job(status="awaiting_upload", media=_media(key), queued_at=None)

    assert lab.submit(job).poll_after == 15
    assert lab.collect(job).next == "submit"
    lab.world.aws("s3").put_object(Bucket=lab.world.stack.media_bucket, Key=key, Body=b"abc")
    lab.submit(job)

    assert (lab.read(job).status, lab.read(job).version) == ("processing", 4)


def test_what_the_provider_has_already_spoken_of_is_not_sent_again(lab: Lab) -> None:
    told = Evidence(at=lab.clock.now, by="webhook", request_id="298")
    job = lab.job(evidence_pending=told)

    lab.submit(job)
    lab.collect(job)

    assert (lab.asked("specific"), lab.read(job).status, lab.read(job).request_id) == (
        0,
        "processing",
        "298",
    )


@pytest.mark.parametrize("status", ["awaiting_upload", "queued"])
def test_a_job_that_is_cancelled_meanwhile_is_not_sent(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    job = lab.job(status=status, media=_media("uploads/me/any.mp4"))

    def cancel_first(_key: str) -> bool:
        current = lab.read(job)
        if not current.is_final:
            lab.jobs.move(current, "cancelled", lab.clock.now)
        return True

    monkeypatch.setattr(lab.media, "find", cancel_first)
    lab.submit(job)

    assert (lab.read(job).status, lab.asked("specific")) == ("cancelled", 0)


def test_a_job_that_vanishes_is_an_error(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lab.job()
    monkeypatch.setattr(lab.jobs, "move", lambda *_args, **_fields: None)
    found = iter([job, None])
    monkeypatch.setattr(lab.jobs, "get", lambda _job_id: next(found))

    with pytest.raises(LookupError):
        lab.submit(job)


def _media(key: str, sha256: str | None = None) -> dict[str, LinkedMedia | UploadedMedia]:
    url = LinkedMedia(url="https://a.example/x.png")
    upload = UploadedMedia(upload_id="upl_x", key=key, sha256=sha256)
    return {"init_video": upload, "init_image": url, "reference_image": url}
