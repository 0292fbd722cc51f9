"""The Submit task: what the provider is sent, what is noted of it, and who came first meanwhile."""

from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from faceswap.ports.provider import Submission
from faceswap.rules.consent import hmacs_of, sha256
from faceswap.rules.job import Job
from faceswap.rules.job_media import InboxMedia, LinkedMedia, StoredMedia
from faceswap.rules.links import input_token, input_url, webhook_token, webhook_url
from tests.support.boxes import VIDEO
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.samples import JOB_ID, a_job
from tests.support.scripted import success
from tests.support.servers import Answer
from tests.support.wired_use_cases import DEADLINES

BASE = "https://api.example"
ACCEPTED = Answer(body=b'{"status":"processing","id":298}')
AT_ONCE = success("https://provider.example/r.mp4")
FAILED = Answer(body=b'{"status":"error","message":"no face"}')
BUSY = Answer(429, b'{"status":"error","message":"wait","retry_after":40}')
LOST = Answer(502, b"")


def waiting(use_cases: FakedUseCases, content: bytes | None, **changes: object) -> Job:
    """A job that waits for its video."""
    media = use_cases.uploaded(content)
    return use_cases.job(status="awaiting_upload", media=media, queued_at=None, **changes)


def test_a_job_that_is_there_no_more_is_done_with(use_cases: FakedUseCases) -> None:
    assert use_cases.submit_job.run(JOB_ID, BASE).next == "done"


def test_a_job_whose_upload_was_given_up_fails(use_cases: FakedUseCases) -> None:
    job = waiting(use_cases, None)
    use_cases.uploads.now.clear()

    use_cases.submit(job)

    error = use_cases.read(job).error
    assert error is not None
    assert error.type == "upload-missing"
    assert "init_video" in error.detail
    assert use_cases.provider.paths == []


def test_once_all_has_landed_the_time_in_the_queue_begins(use_cases: FakedUseCases) -> None:
    use_cases.enabled = False
    job = waiting(use_cases, VIDEO)
    use_cases.clock.forward(90)

    use_cases.submit(job)

    after, now = use_cases.read(job), use_cases.clock.now
    assert (after.status, after.queued_at) == ("queued", now)
    assert after.deadline_at == now + timedelta(seconds=DEADLINES.queue)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_job_that_is_cancelled_while_its_uploads_are_looked_up_stays_so(
    use_cases: FakedUseCases, is_there: bool
) -> None:
    job = waiting(use_cases, VIDEO)
    if not is_there:
        use_cases.uploads.now.clear()
    meanwhile(use_cases.uploads, "get", partial(use_cases.cancel_job.run, job.job_id, "me"))

    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.provider.paths) == ("cancelled", [])


def test_at_its_deadline_a_job_is_not_sent_any_more(use_cases: FakedUseCases) -> None:
    job = use_cases.job()
    use_cases.clock.now = job.deadline_at

    use_cases.submit(job)

    assert (use_cases.read(job).status, use_cases.provider.paths) == ("queued", [])


def test_a_job_that_may_not_be_sent_yet_has_nothing_looked_up(
    use_cases: FakedUseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = use_cases.clock.now + timedelta(seconds=50)
    job = use_cases.job(media=use_cases.uploaded(), submit_after=later)
    monkeypatch.setattr(use_cases.uploads, "get", lambda _: pytest.fail("nobody needs that"))

    assert use_cases.submit(job).next == "wait"


def test_what_is_sent_and_what_is_noted_of_it(use_cases: FakedUseCases) -> None:
    long_ago = use_cases.clock.now - timedelta(seconds=9)
    job = use_cases.job(
        media=use_cases.uploaded(),
        output_format="mov",
        watermark=False,
        submit_after=long_ago,
        poll_at=long_ago,
    )
    named = job.media["init_image"]
    assert isinstance(named, LinkedMedia)
    use_cases.script.submit = LOST

    use_cases.submit(job)

    token = input_token("secret", job.job_id, "init_video")
    assert use_cases.provider.submissions == [
        Submission(
            init_video=input_url(BASE, job.job_id, token, "init_video", "mp4"),
            init_image="https://a.example/i.png",
            reference_image="https://a.example/r.png",
            output_format="mov",
            watermark=False,
            webhook=webhook_url(BASE, job.job_id, webhook_token("secret", job.job_id)),
            track_id=job.track_id,
        )
    ]
    after, now = use_cases.read(job), use_cases.clock.now
    assert (after.status, after.submitted_at) == ("submitting", now)
    assert after.deadline_at == now + timedelta(seconds=DEADLINES.job)
    assert after.submit_after is None
    assert job.consent is not None
    assert after.consent_hmacs == hmacs_of(job.consent, "receipts")
    video = after.media["init_video"]
    assert isinstance(video, StoredMedia)
    assert video.sent == use_cases.media.find(video.key)
    assert after.media["init_image"] == named.model_copy(update={"url_sha256": sha256(named.url)})


def test_a_signed_link_leads_to_where_the_file_lies(use_cases: FakedUseCases) -> None:
    use_cases.input_links = "presigned"
    named, lies_at = "inbox/me/u\u0308.mp4", "inbox/me/ü.mp4"
    use_cases.put(lies_at, VIDEO)
    job = use_cases.job(media=a_job().media | {"init_video": InboxMedia(key=named)})

    use_cases.submit(job)

    [submission] = use_cases.provider.submissions
    assert submission.init_video == f"https://bucket.example/{lies_at}?for=60&by=GET"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ACCEPTED, []),
        (AT_ONCE, []),
        (FAILED, []),
        (LOST, []),
        (BUSY, ["retry"]),
        (Answer(401, b'{"status":"error","message":"Invalid API key"}'), ["replace_key"]),
        (Answer(308, b"", {"location": "https://new.example/x"}), ["update_address"]),
        (Answer(302, b"", {"location": "https://new.example/x"}), ["update_address"]),
    ],
    ids=["accepted", "at once", "failed", "lost", "busy", "key", "moved", "perhaps moved"],
)
def test_operators_are_told_when_the_provider_takes_no_jobs(
    use_cases: FakedUseCases, answer: Answer, told: list[str]
) -> None:
    use_cases.script.submit = answer

    use_cases.submit(use_cases.job())

    assert [reply.remedy for reply in use_cases.refusals] == told


@pytest.mark.parametrize(
    ("answer", "request_id", "is_over_there"),
    [
        (ACCEPTED, "298", False),
        (AT_ONCE, "298", True),
        (FAILED, None, True),
        (BUSY, None, True),
        (LOST, None, False),
    ],
    ids=["accepted", "at once", "failed", "busy", "lost"],
)
def test_an_answer_that_comes_after_the_end_tells_who_drains_the_job(
    use_cases: FakedUseCases, answer: Answer, request_id: str | None, is_over_there: bool
) -> None:
    use_cases.script.submit = answer
    job = use_cases.job()
    meanwhile(use_cases.provider, "submit", partial(use_cases.cancel_job.run, job.job_id, "me"))

    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.request_id) == ("cancelled", request_id)
    assert after.provider_done is is_over_there


def test_a_message_that_comes_before_the_answer_does_not_cost_the_id(
    use_cases: FakedUseCases,
) -> None:
    job = use_cases.job()
    said = b'{"status":"processing","id":298}'
    token = webhook_token("secret", job.job_id)
    receive = partial(use_cases.receive_webhook.run, job.job_id, token, said, None)
    meanwhile(use_cases.provider, "submit", receive)

    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.request_id) == ("processing", "298")


@pytest.mark.parametrize("is_made", [False, True], ids=["not made", "made, and its answer lost"])
@pytest.mark.parametrize(
    ("answer", "status", "request_id"),
    [
        (ACCEPTED, "processing", "298"),
        (AT_ONCE, "processing", "298"),
        (BUSY, "queued", None),
        (FAILED, "failed", None),
    ],
    ids=["accepted", "at once", "busy", "failed"],
)
def test_the_provider_s_answer_survives_a_write_that_fails_again_and_again(
    use_cases: FakedUseCases,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    status: str,
    request_id: str | None,
    *,
    is_made: bool,
) -> None:
    """Nobody else may ever hear of it: the one message that the provider posts may be lost, too."""
    use_cases.script.submit = answer
    job, move, tries = use_cases.job(), use_cases.jobs.move, count(1)

    def broken(*given: Any, **options: Any) -> Job | None:
        number = next(tries)
        moved = move(*given, **options) if is_made or number > 3 else None
        if number <= 3:
            raise OSError
        return moved

    monkeypatch.setattr(use_cases.jobs, "move", broken)
    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.request_id) == (status, request_id)
    assert use_cases.asked("specific") == 1
    assert use_cases.broken == ["the answer"] * 3
    assert [*use_cases.admission.leases] == ([job.job_id] if status == "processing" else [])
    # One that waits again is sent later: the provider is not done with it.
    assert status != "queued" or not after.provider_done


def test_a_result_that_comes_with_the_answer_is_collected_at_once(use_cases: FakedUseCases) -> None:
    use_cases.script.submit = AT_ONCE
    job = use_cases.job()

    step = use_cases.submit(job)

    # The wait ends at once, as the count is no longer the one that was read first.
    assert use_cases.read(job).wakeup_count > (step.wakeup_count or 0)


def test_of_two_at_once_one_sends_and_the_slot_stays_its_own(use_cases: FakedUseCases) -> None:
    job = use_cases.job()
    meanwhile(use_cases.jobs, "begin", partial(use_cases.submit, job))

    use_cases.submit(job)

    assert use_cases.asked("specific") == 1
    assert use_cases.read(job).status == "processing"
    assert set(use_cases.admission.leases) == {job.job_id}


def test_a_slot_that_was_taken_for_nothing_is_given_back(use_cases: FakedUseCases) -> None:
    job = use_cases.job()

    def refuse_meanwhile() -> None:
        use_cases.script.submit = BUSY
        other = use_cases.read(job)
        sending = use_cases.jobs.move(other, "submitting", use_cases.clock.now)
        assert sending is not None
        use_cases.jobs.move(sending, "queued", use_cases.clock.now)

    meanwhile(use_cases.jobs, "begin", refuse_meanwhile)
    use_cases.submit(job)

    assert use_cases.read(job).status == "queued"
    assert (use_cases.provider.paths, use_cases.admission.leases) == ([], {})


def test_who_was_refused_keeps_his_place_in_the_queue(use_cases: FakedUseCases) -> None:
    use_cases.script.submit = BUSY
    job = use_cases.job()

    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.submit_after) == ("queued", None)
    assert after.queue_tag is not None
    assert after.poll_at == use_cases.clock.now + timedelta(seconds=42)


def test_a_job_that_may_be_sent_from_now_on_is_sent(use_cases: FakedUseCases) -> None:
    job = use_cases.job(submit_after=use_cases.clock.now)

    use_cases.submit(job)

    assert use_cases.asked("specific") == 1
