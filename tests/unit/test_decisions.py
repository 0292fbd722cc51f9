"""What is to be done about a job, row by row: from the job, a reply and the time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from faceswap.rules.decisions import (
    KEEP,
    CollectLimits,
    Copy,
    Fail,
    Move,
    Note,
    after_failed_collect,
    after_failed_copy,
    after_fetch,
    after_submit,
    before_fetch,
    refused_alone,
    when_overdue,
    when_unasked,
)
from faceswap.rules.job import Deadlines, Evidence, Failure, Job
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.reply import Reply
from tests.support.samples import START, a_job

DEADLINES = Deadlines(upload=100, queue=200, job=300)
LIMITS = CollectLimits(job_deadline=timedelta(seconds=300), input_url=timedelta(seconds=60))
URLS = ("https://a.example/v.mp4",)
HOSTS = frozenset({"a.example"})
TOLD = Evidence(at=START, by="webhook", request_id="298", urls=URLS, generation_time=4.5)
BAD = Evidence(at=START, by="webhook", request_id="298", text="no face")
NO_FACE = BAD.model_copy(update={"remedy": "reject_input"})
FOREIGN = TOLD.model_copy(update={"request_id": "299"})


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def processing(**changes: Any) -> Job:
    fields: dict[str, Any] = {
        "status": "processing",
        "submitted_at": START,
        "accepted_at": START,
        "request_id": "298",
        "deadline_at": at(300),
    }
    return a_job(**(fields | changes))


def error(decision: object) -> str:
    assert isinstance(decision, Fail), decision
    return decision.failure.type


@pytest.mark.parametrize(
    ("reply", "to", "fields"),
    [
        (
            Reply("accepted", "298", eta=40),
            "processing",
            {"request_id": "298", "accepted_at": at(5), "deadline_at": at(305), "eta_seconds": 40},
        ),
        (
            Reply("not_started", remedy="retry", retry_after=40),
            "queued",
            {
                "submit_after": at(45),
                "refused_at": at(5),
                "submitted_at": None,
                "consent_hmacs": None,
                "deadline_at": at(200),
            },
        ),
        (
            Reply("not_started", remedy="fix_account"),
            "queued",
            {
                "submit_after": at(605),
                "refused_at": at(5),
                "submitted_at": None,
                "consent_hmacs": None,
                "deadline_at": at(200),
            },
        ),
    ],
)
def test_an_answer_to_a_submit_moves_the_job(
    reply: Reply, to: str, fields: dict[str, object]
) -> None:
    job = a_job(status="submitting", queued_at=START, submitted_at=START)

    decision = after_submit(job, reply, at(5), DEADLINES, 0.0)

    assert isinstance(decision, Move)
    assert (decision.to, decision.fields, decision.wake) == (to, fields, False)
    assert decision.hold_until == fields.get("submit_after")
    # Credit or a plan may be missing for this job alone.
    assert decision.perhaps_its_own == (reply.remedy == "fix_account")


def test_what_the_provider_has_refused_is_not_spent() -> None:
    job = a_job(status="submitting", spent_on=START.date())

    decision = after_submit(job, Reply("not_started"), at(5), DEADLINES, 0.0)

    assert isinstance(decision, Move)
    assert decision.fields["spent_on"] is None


@pytest.mark.parametrize("refusals", [0, 1])
def test_a_job_that_is_refused_while_others_are_taken_waits_alone(refusals: int) -> None:
    reply = Reply("not_started", remedy="fix_account", text="No credit")
    move = Move("queued", {"submit_after": at(600)}, hold_until=at(600), perhaps_its_own=True)

    decision = refused_alone(a_job(status="submitting", refusals=refusals), move, reply)

    fields: dict[str, object] = {"submit_after": at(600), "refusals": refusals + 1}
    assert decision == replace(move, fields=fields)


def test_a_job_that_is_refused_a_third_time_while_others_are_taken_fails() -> None:
    reply = Reply("not_started", remedy="fix_account", text="No credit")

    decision = refused_alone(a_job(status="submitting", refusals=2), Move("queued"), reply)

    assert error(decision) == "provider-rejected"
    assert isinstance(decision, Fail)
    assert decision.failure.upstream == "No credit"


@pytest.mark.parametrize(("queued_at", "deadline"), [(at(-50), 150), (None, 200)])
def test_a_job_that_is_put_back_waits_no_longer_than_since_it_was_queued(
    queued_at: datetime | None, deadline: int
) -> None:
    job = a_job(status="submitting", queued_at=queued_at)

    decision = after_submit(job, Reply("not_started"), at(5), DEADLINES, 0.0)

    assert isinstance(decision, Move)
    assert decision.fields["deadline_at"] == at(deadline)


def test_an_immediate_success_is_evidence_and_a_wake_up() -> None:
    reply = Reply("succeeded", "298", urls=URLS, generation_time=4.5)

    decision = after_submit(a_job(status="submitting"), reply, at(5), DEADLINES, 0.0)

    assert isinstance(decision, Move)
    assert (decision.to, decision.wake) == ("processing", True)
    evidence = decision.fields["evidence_immediate"]
    assert evidence == TOLD.model_copy(update={"at": at(5), "by": "submit"})


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply("failed", remedy="reject_input", text="no face"), "input-invalid"),
        (Reply("failed", text="Not today"), "provider-rejected"),
    ],
)
def test_a_refused_submit_fails_with_the_provider_s_words(reply: Reply, kind: str) -> None:
    decision = after_submit(a_job(status="submitting"), reply, at(5), DEADLINES, 0.0)

    assert error(decision) == kind
    assert isinstance(decision, Fail)
    assert decision.failure.upstream == reply.text


def test_an_ambiguous_submit_leaves_the_job_and_keeps_what_could_not_be_read() -> None:
    job = a_job(status="submitting")

    assert after_submit(job, Reply("ambiguous"), at(5), DEADLINES, 0.0) == KEEP
    noted = after_submit(job, Reply("ambiguous", unread="HTTP 502: x"), at(5), DEADLINES, 0.0)
    assert noted == Note({"last_unread": "HTTP 502: x"})


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({}, None),
        ({"evidence_immediate": TOLD}, Copy(URLS, 4.5)),
        ({"request_id": None}, KEEP),
    ],
)
def test_a_poll_asks_unless_there_is_nothing_to_ask(
    changes: dict[str, Any], decision: object
) -> None:
    assert before_fetch(processing(**changes), at(5)) == decision


def test_without_an_id_only_the_deadline_decides() -> None:
    assert error(before_fetch(processing(request_id=None), at(300))) == "provider-timeout"


def test_long_after_its_deadline_a_job_is_ended_without_a_poll() -> None:
    assert before_fetch(processing(), at(300 + 899)) is None
    assert error(before_fetch(processing(), at(300 + 900))) == "provider-timeout"


@pytest.mark.parametrize(
    ("reply", "heard", "decision"),
    [
        (Reply("succeeded", urls=URLS, generation_time=9.5), TOLD, Copy(URLS, 9.5, HOSTS)),
        (Reply("succeeded", urls=URLS), TOLD, Copy(URLS, 4.5, HOSTS)),
        (Reply("succeeded", urls=URLS), FOREIGN, Copy(URLS, None, HOSTS)),
        (Reply("succeeded", urls=URLS), None, Copy(URLS, None, HOSTS)),
    ],
)
def test_a_success_is_copied(reply: Reply, heard: Evidence | None, decision: Copy) -> None:
    job = processing(evidence_succeeded=heard)

    assert after_fetch(job, reply, at(5), LIMITS) == decision


@pytest.mark.parametrize(
    ("reply", "seconds", "uploads", "kind"),
    [
        (Reply("failed", text="x"), 5, False, "provider-failed"),
        (Reply("missing"), 120, False, "provider-failed"),
        (Reply("failed", remedy="reject_input"), 60, True, "input-expired"),
        (Reply("failed", remedy="reject_input"), 59, True, "input-invalid"),
        (Reply("failed", remedy="reject_input"), 60, False, "input-invalid"),
        (Reply("failed"), 60, True, "provider-failed"),
    ],
)
def test_a_failure_ends_the_job(reply: Reply, seconds: int, uploads: bool, kind: str) -> None:
    media = dict(a_job().media)
    if uploads:
        media["init_video"] = UploadedMedia(key="uploads/x.mp4")

    assert error(after_fetch(processing(media=media), reply, at(seconds), LIMITS)) == kind


@pytest.mark.parametrize(
    ("reply", "fields"),
    [
        (Reply("pending"), {"polls": 3}),
        (
            Reply("pending", unread="odd"),
            {"polls": 3, "unread_polls": 2, "last_unread": "odd"},
        ),
        (
            Reply("unclear", unread="HTTP 500"),
            {
                "polls": 3,
                "unread_polls": 2,
                "last_unread": "HTTP 500",
                "fetch_failures": 1,
                "fetch_failing_since": at(5),
            },
        ),
        (Reply("missing"), {"polls": 3, "fetch_failures": 1, "fetch_failing_since": at(5)}),
    ],
)
def test_an_answer_that_decides_nothing_is_counted(reply: Reply, fields: dict[str, object]) -> None:
    job = processing(polls=2, unread_polls=1)

    assert after_fetch(job, reply, at(5), LIMITS) == Note(fields)


def test_an_answer_ends_the_count_of_tasks_that_failed() -> None:
    job = processing(collect_failures=9, collect_failing_since=START)

    decision = after_fetch(job, Reply("pending"), at(5), LIMITS)

    expected: dict[str, object] = {"polls": 1, "collect_failures": 0, "collect_failing_since": None}
    assert decision == Note(expected)


@pytest.mark.parametrize("status", ["submitting", "processing"])
def test_a_task_that_came_through_ends_it_too_where_nobody_can_be_asked(status: str) -> None:
    job = a_job(status=status, deadline_at=at(300), collect_failures=2, collect_failing_since=START)

    over: dict[str, object] = {"collect_failures": 0, "collect_failing_since": None}
    assert when_unasked(job, at(299)) == Note(over)
    assert when_unasked(job.model_copy(update=over), at(299)) == KEEP
    assert isinstance(when_unasked(job, at(300)), Fail)


@pytest.mark.parametrize(
    ("failures", "seconds", "outcome", "copies"),
    [
        (2, 100, "unclear", True),
        (1, 100, "unclear", False),
        (2, 99, "unclear", False),
        (2, 100, "pending", False),
        (9, 100, "missing", True),
        (9, 100, "pending", False),
    ],
)
def test_a_message_counts_once_fetch_has_failed_for_long(
    failures: int, seconds: int, outcome: Any, copies: bool
) -> None:
    job = processing(evidence_succeeded=TOLD, fetch_failures=failures, fetch_failing_since=START)

    decision = after_fetch(job, Reply(outcome), at(seconds), LIMITS)

    assert isinstance(decision, Note)
    assert decision.then == (Copy(URLS, 4.5) if copies else KEEP)


def test_a_message_that_names_another_request_is_no_evidence() -> None:
    job = processing(
        evidence_succeeded=FOREIGN,
        evidence_failed=FOREIGN,
        fetch_failures=9,
        fetch_failing_since=START,
    )

    decision = after_fetch(job, Reply("unclear"), at(200), LIMITS)

    assert isinstance(decision, Note)
    assert decision.then == KEEP
    assert error(when_overdue(job, at(300))) == "provider-timeout"


def test_links_of_a_host_that_the_provider_named_come_first() -> None:
    urls = ("https://evil.example/v.mp4", "https://a.example/v.mp4")
    told = TOLD.model_copy(update={"urls": urls})
    job = processing(evidence_succeeded=told)
    failed = after_failed_copy(job, "it is cut off", HOSTS, at(9))

    knowing = job.model_copy(update=failed.fields)

    assert when_overdue(job, at(300)) == Copy(urls, 4.5)
    assert when_overdue(knowing, at(300)) == Copy(urls[::-1], 4.5)


def test_a_first_failure_is_counted_from_now_on() -> None:
    copy = after_failed_copy(processing(), "it is cut off", frozenset(), at(9))
    collect = after_failed_collect(processing(), at(9), LIMITS)

    assert copy == Note({"result_hosts": (), "archive_failures": 1, "archive_failing_since": at(9)})
    assert collect == Note({"collect_failures": 1, "collect_failing_since": at(9)})


def test_eight_hosts_are_remembered() -> None:
    known = processing(result_hosts=("b.example",))
    named = frozenset(f"{letter}.example" for letter in "ihgfedca")

    decision = after_failed_copy(known, "it is cut off", named, at(9))

    assert decision.fields["result_hosts"] == tuple(f"{letter}.example" for letter in "abcdefgh")


def test_a_poll_at_the_deadline_is_counted_and_then_ends_the_job() -> None:
    job = processing(polls=8, unread_polls=6)

    decision = after_fetch(job, Reply("unclear", unread="HTTP 200: odd"), at(300), LIMITS)

    assert isinstance(decision, Note)
    assert error(decision.then) == "provider-timeout"
    assert isinstance(decision.then, Fail)
    assert "7 of its 9 answers could not be understood" in decision.then.failure.detail
    assert decision.then.failure.upstream == "HTTP 200: odd"


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"status": "awaiting_upload"}, "upload-missing"),
        ({"status": "queued"}, "queue-timeout"),
        ({"status": "submitting"}, "submission-unknown"),
        ({"status": "processing"}, "provider-timeout"),
        ({"status": "processing", "request_id": "298", "evidence_failed": BAD}, "provider-failed"),
        (
            {"status": "processing", "request_id": "298", "evidence_failed": NO_FACE},
            "input-invalid",
        ),
        ({"status": "queued", "evidence_failed": BAD}, "queue-timeout"),
    ],
)
def test_each_status_has_its_error_at_the_deadline(changes: dict[str, Any], decision: str) -> None:
    job = a_job(deadline_at=at(300), **changes)

    assert when_overdue(job, at(299)) == KEEP
    assert error(when_overdue(job, at(300))) == decision


def test_at_the_deadline_no_message_of_a_result_is_left_unused() -> None:
    job = processing(evidence_succeeded=TOLD, evidence_failed=BAD)

    assert when_overdue(job, at(300)) == Copy(URLS, 4.5)
    no_link = processing(evidence_succeeded=TOLD.model_copy(update={"urls": ()}))
    assert error(when_overdue(no_link, at(300))) == "provider-timeout"


def test_a_message_about_a_job_whose_submit_was_lost_counts_at_its_deadline() -> None:
    job = processing(status="submitting", evidence_succeeded=TOLD, evidence_failed=BAD)

    assert when_overdue(job, at(300)) == Copy(URLS, 4.5)
    failed = when_overdue(job.model_copy(update={"evidence_succeeded": None}), at(300))
    assert failed == Fail(
        Failure(
            type="provider-failed",
            detail="The provider did not make the video.",
            upstream="no face",
        )
    )


def test_answers_about_an_earlier_submit_are_not_told_of_a_job_that_found_no_room() -> None:
    job = a_job(deadline_at=at(300), polls=3, unread_polls=2, last_unread="odd")

    assert when_overdue(job, at(300)) == Fail(
        Failure(type="queue-timeout", detail="The provider had no room in time.")
    )


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_what_is_over_is_never_overdue(status: str) -> None:
    assert when_overdue(a_job(status=status, deadline_at=START), at(9)) == KEEP


@pytest.mark.parametrize(
    ("failures", "since", "now", "ends"),
    [(9, 0, 600, True), (8, 0, 600, False), (9, 1, 600, False), (0, 0, 900, True)],
)
def test_a_link_is_given_up_after_ten_tries_and_ten_minutes_or_at_the_deadline(
    failures: int, since: int, now: int, ends: bool
) -> None:
    job = processing(
        archive_failures=failures, archive_failing_since=at(since), deadline_at=at(900)
    )

    decision = after_failed_copy(job, "it is cut off", frozenset(), at(now))

    assert decision.fields["archive_failures"] == failures + 1
    assert decision.fields["archive_failing_since"] == at(since)
    assert isinstance(decision.then, Fail) == ends
    if ends:
        assert error(decision.then) == "result-unusable"


@pytest.mark.parametrize(
    ("failures", "now", "deadline", "ends"),
    [
        (9, 100, 300, True),
        (8, 100, 300, False),
        (9, 99, 300, False),
        (2, 299, 300, False),
        (2, 300, 300, True),
        # One call that AWS refused in passing must not throw away a result that was paid for.
        (0, 300, 300, False),
        (1, 300, 300, False),
    ],
)
def test_a_task_that_raises_again_and_again_ends_the_job(
    failures: int, now: int, deadline: int, ends: bool
) -> None:
    job = processing(
        collect_failures=failures, collect_failing_since=START, deadline_at=at(deadline)
    )

    decision = after_failed_collect(job, at(now), LIMITS)

    assert decision.fields["collect_failures"] == failures + 1
    assert decision.fields["collect_failing_since"] == START
    assert isinstance(decision.then, Fail) == ends
    if ends:
        assert error(decision.then) == "internal"
