"""When a callback is tried again, what signs it, and what is said of a try."""

import base64
from datetime import timedelta

import pytest

from faceswap.rules.callbacks import (
    LONGEST_WAIT,
    Answer,
    Outcome,
    SecretNumber,
    deferral,
    message_id,
    outcome,
    owner_secret,
)
from tests.support.samples import JOB_ID, START

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
