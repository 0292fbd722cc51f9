"""When a callback is tried again, what signs it, and what is said of a try."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from faceswap.rules.callbacks import (
    BROKE_OFF,
    LONGEST_WAIT,
    MOST_AT_A_SLOW_ONE,
    MOST_AT_ONCE,
    SLOW_FOR,
    TRY_SECONDS,
    UNWRITTEN,
    Answer,
    CallbackMessage,
    Delivery,
    Outcome,
    SecretNumber,
    Try,
    deferral,
    message_id,
    outcome,
    owner_secret,
)
from tests.support.samples import JOB_ID, START

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEDULE = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
TAKEN, REFUSED = Answer(seconds=1, http_status=204), Answer(seconds=1, http_status=500)
LATE = Answer(seconds=15, trouble="it did not answer in time", is_late=True)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (TAKEN, "delivered"),
        (Answer(1, 200), "delivered"),
        (Answer(1, 299), "delivered"),
        (Answer(1, 410), "gone"),
        (Answer(1, 302, "it redirects, which is not followed"), "pending"),
        (Answer(1, 199), "pending"),
        (Answer(1, 404), "pending"),
        (REFUSED, "pending"),
        (LATE, "pending"),
        (Answer(1, trouble="it cannot be reached"), "pending"),
    ],
)
def test_what_an_answer_means(answer: Answer, status: str) -> None:
    assert outcome(answer, 1, SCHEDULE, 0.5).status == status


def test_the_waits_are_the_plan() -> None:
    waits = [outcome(REFUSED, tries, SCHEDULE, 0.5).wait for tries in range(1, 8)]

    assert waits == list(SCHEDULE)
    assert outcome(REFUSED, 8, SCHEDULE, 0.5) == Outcome("exhausted")
    assert outcome(TAKEN, 8, SCHEDULE, 0.5) == Outcome("delivered")


@pytest.mark.parametrize(
    ("answer", "tries", "random", "wait"),
    [
        (REFUSED, 2, 0.0, 240),
        (REFUSED, 2, 1.0, 360),
        (REFUSED, 7, 1.0, LONGEST_WAIT),
        (LATE, 1, 0.5, 60),
        (LATE, 2, 0.5, 300),
        (Answer(1, 429), 1, 0.5, 60),
        (Answer(1, 503, retry_after=7), 1, 0.5, 7),
        (Answer(1, 503, retry_after=1), 1, 0.5, 5),
        (Answer(1, 503, retry_after=0), 1, 0.5, 5),
        (Answer(1, 503, retry_after=86_400), 1, 0.5, 10),
        (Answer(1, 429, retry_after=90), 1, 0.5, 90),
        (Answer(1, 429, retry_after=500), 1, 0.5, 120),
        (Answer(1, 503, retry_after=86_400), 7, 0.5, LONGEST_WAIT),
    ],
)
def test_a_wait_is_about_the_planned_one(
    answer: Answer, tries: int, random: float, wait: int
) -> None:
    assert outcome(answer, tries, SCHEDULE, random) == Outcome("pending", wait)


def test_a_plan_of_single_seconds_is_kept_too() -> None:
    assert [outcome(REFUSED, 1, (1,), random).wait for random in (0.0, 1.0)] == [1, 1]


def test_a_receiver_is_slow_once_it_kept_a_try_for_five_seconds_or_did_not_answer() -> None:
    assert not Answer(4.9, 200).is_slow
    assert Answer(5, 200).is_slow
    assert Answer(1, is_late=True).is_slow


def test_the_documents_tell_receivers_the_limits_that_hold() -> None:
    told = (DOCS / "integrations.md").read_text(encoding="utf-8")

    assert f"**Answer 2xx within {TRY_SECONDS:.0f} seconds**" in told
    assert "two callbacks of one owner at most are tried at once, and two at one address" in told
    assert (MOST_AT_ONCE, MOST_AT_A_SLOW_ONE) == (2, 2)
    assert "for ten minutes after it kept one for five seconds" in told
    assert timedelta(minutes=10) == SLOW_FOR


def test_what_was_never_tried_has_nothing_behind_it() -> None:
    delivery = Delivery(job_id=JOB_ID, owner="me", version=1)

    assert (delivery.status, delivery.tries, delivery.log) == ("pending", 0, ())
    assert delivery.public_base_url == ""
    assert not delivery.has_posted


def test_a_message_asks_for_all_that_its_kind_of_callback_does() -> None:
    message = CallbackMessage(job_id=JOB_ID, owner="me", version=1)

    assert (message.again, message.recovers, message.posts_only) == (False, None, False)
    assert message.public_base_url == ""


@pytest.mark.parametrize(
    ("trouble", "has_posted"),
    [
        (UNWRITTEN, False),
        (BROKE_OFF, False),
        ("it did not answer in time", True),
        (None, True),
    ],
)
def test_only_a_try_that_came_to_its_end_tells_that_something_was_posted(
    trouble: str | None, has_posted: bool
) -> None:
    tried = Try(at=START, seconds=1, trouble=trouble)

    assert Delivery(job_id=JOB_ID, owner="me", version=1, log=(tried,)).has_posted is has_posted


def test_who_finds_no_slot_comes_back_later_and_later() -> None:
    assert [deferral(receives, 0.5) for receives in (1, 2, 10, 240, 999)] == [
        15,
        30,
        150,
        3600,
        3600,
    ]
    assert (deferral(2, 0.0), deferral(2, 1.0)) == (15, 45)
    two_weeks = 14 * 86_400
    assert sum(deferral(receives, 0.0) for receives in range(1, 1001)) >= two_weeks


def test_secrets_are_derived_and_differ() -> None:
    secrets = {
        owner_secret(stack, owner, number)
        for stack in ("s", "t")
        for owner in ("ann", "bob")
        for number in (0, 1)
    }

    assert len(secrets) == 8
    first = owner_secret("s", "ann", 0)
    assert first == owner_secret("s", "ann", 0)
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


def test_the_secret_before_signs_for_a_day() -> None:
    rotated = SecretNumber(number=1, rotated_at=START)
    day = timedelta(days=1)

    assert rotated.old_until(START) == START + day
    assert rotated.old_until(START + day - timedelta(milliseconds=1)) == START + day
    assert rotated.old_until(START + day) is None
    assert SecretNumber().old_until(START) is None


def test_the_message_id_is_the_changes() -> None:
    assert message_id(JOB_ID, 4) == f"msg_{JOB_ID}_4"
