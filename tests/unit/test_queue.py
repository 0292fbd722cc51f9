"""Who is next when a slot gets free, and how long it may take."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.rules.queue import (
    DISPATCH_INTERVAL,
    LEASE_MARGIN,
    LONGEST_SUBMIT,
    AdmissionState,
    HoldReason,
    OwnerNumbers,
    Waiting,
    hold_seconds,
    in_order,
    next_number,
    number_of,
    numbers_without,
    queue_eta,
    tag_of,
)
from tests.support.fair_queue import FairQueue
from tests.support.samples import START

DOCS = Path(__file__).resolve().parents[2] / "docs"


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("virtual_time", "last", "number"),
    [(0, None, 0), (7, None, 7), (7, 3, 7), (7, 6, 7), (7, 7, 8), (7, 900, 901)],
)
def test_a_number_follows_the_owner_s_last_and_is_not_behind_the_queue(
    virtual_time: int, last: int | None, number: int
) -> None:
    known = None if last is None else OwnerNumbers(last=last)

    assert next_number(virtual_time, known) == (number, OwnerNumbers(last=number))


def test_a_number_that_got_free_is_given_again_unless_the_queue_is_past_it() -> None:
    known = OwnerNumbers(last=9, gaps=((3, 3), (5, 6)))

    assert next_number(4, known) == (5, OwnerNumbers(last=9, gaps=((6, 6),)))
    assert next_number(6, known) == (6, OwnerNumbers(last=9))
    assert next_number(7, known) == (10, OwnerNumbers(last=10))


def test_the_other_numbers_that_got_free_stay_free() -> None:
    known = OwnerNumbers(last=9, gaps=((5, 6), (8, 8)))

    assert next_number(4, known) == (5, OwnerNumbers(last=9, gaps=((6, 6), (8, 8))))
    assert next_number(6, known) == (6, OwnerNumbers(last=9, gaps=((8, 8),)))


def test_a_job_that_leaves_frees_its_number() -> None:
    known = OwnerNumbers(last=9, gaps=((3, 3),))

    assert numbers_without(known, 9) == OwnerNumbers(last=8, gaps=((3, 3),))
    assert numbers_without(known, 5) == OwnerNumbers(last=9, gaps=((3, 3), (5, 5)))
    assert numbers_without(known, 4) == OwnerNumbers(last=9, gaps=((3, 4),))
    assert numbers_without(known, 2) == OwnerNumbers(last=9, gaps=((2, 3),))
    assert numbers_without(known, 3) == known
    assert numbers_without(known, 10) == known
    two = OwnerNumbers(last=9, gaps=((1, 1), (3, 6)))
    assert numbers_without(two, 4) == two
    assert numbers_without(two, 7) == OwnerNumbers(last=9, gaps=((1, 1), (3, 7)))


@pytest.mark.parametrize("step", [1, -1, 37])
def test_whose_jobs_have_all_left_has_waited_for_nothing(step: int) -> None:
    known, many = OwnerNumbers(last=999), 1000
    for turn in range(many):
        known = numbers_without(known, turn * step % many)

    assert known == OwnerNumbers(last=-1)


def test_of_many_gaps_the_first_are_known() -> None:
    known = OwnerNumbers(last=199)
    for number in range(0, 180, 2):
        known = numbers_without(known, number)

    assert known == OwnerNumbers(last=199, gaps=tuple((2 * n, 2 * n) for n in range(50)))


def test_tags_are_in_the_order_of_numbers_then_of_time() -> None:
    tags = [tag_of(9, START), tag_of(10, START), tag_of(10, START + at(1)), tag_of(100, START)]

    assert sorted(tags) == tags
    assert [number_of(tag) for tag in tags] == [9, 10, 10, 100]


def test_a_tag_is_the_same_for_ever() -> None:
    """Those of an earlier release are in the same index."""
    assert tag_of(9, START) == "000000000009#2026-01-31T09:30:00.000Z"


def test_a_queue_begins_at_zero() -> None:
    assert AdmissionState().virtual_time == 0


def test_the_times_are_those_of_the_architecture() -> None:
    told = (DOCS / "architecture.md").read_text(encoding="utf-8")

    assert f"left alone for the {LONGEST_SUBMIT.seconds} s that the jobs function has" in told
    margin = LEASE_MARGIN / timedelta(minutes=1)
    assert f"{margin:.0f} minutes after the deadline that the job had when it was sent" in told
    assert "Once a minute the jobs function reads the item with the leases" in told
    assert timedelta(minutes=1) == DISPATCH_INTERVAL


@pytest.mark.parametrize(
    ("wait", "holds"),
    [
        (30, [30, 60, 120, 240, 480, 600, 600]),
        # A moment after it was told.
        (29.99, [30, 60, 120, 240, 480, 600, 600]),
        (599, [599, 600, 600]),
        # What a person has to mend: the key, the credit, the plan, the address.
        (600, [600, 1200, 2400, 3600, 3600]),
        (599.99, [600, 1200, 2400, 3600, 3600]),
    ],
)
def test_nobody_is_sent_for_twice_as_long_each_time_that_all_are_refused(
    wait: float, holds: list[int]
) -> None:
    assert [hold_seconds(wait, refusals + 1) for refusals in range(len(holds))] == holds
    assert hold_seconds(wait, 10_000) == holds[-1]


@pytest.mark.parametrize(
    ("held_for", "seconds", "is_held"),
    [("budget", 4, True), ("budget", 5, False), (None, 4, False)],
)
def test_whether_the_budget_of_the_day_is_spent_is_known_until_it_begins_anew(
    held_for: HoldReason | None, seconds: int, is_held: bool
) -> None:
    state = AdmissionState(hold_until=START + at(5), held_for=held_for)

    assert state.is_held_for_budget(START + at(seconds)) is is_held


def test_nobody_stands_in_the_queue_twice() -> None:
    first, second = Waiting("1", "b"), Waiting("2", "a")

    assert in_order([second, first, first]) == [first, second]


def test_the_state_tells_what_is_free_over_late_and_held() -> None:
    state = AdmissionState(
        leases={"a": START + at(60), "b": START}, handed={"a": START}, hold_until=START + at(5)
    )

    assert (state.free(2, START), state.over(START)) == (1, ["b"])
    assert (state.late(START + at(59)), state.late(START + at(60))) == ([], ["a"])
    assert (state.is_held(START), state.is_held(START + at(5))) == (True, False)


def test_the_mark_of_those_who_wait_is_set_anew_and_goes_in_good_time() -> None:
    unmarked, marked = AdmissionState(), AdmissionState(waiting_at=START)

    assert not unmarked.is_marked(START)
    assert not unmarked.is_unmarked(START + at(999))
    assert [marked.is_marked(START + at(n)) for n in (29, 30)] == [True, False]
    assert [marked.is_unmarked(START + at(n)) for n in (60, 61)] == [False, True]


def test_who_is_tried_keeps_back_the_others_until_he_leaves_or_has_had_his_time() -> None:
    tried = AdmissionState(leases={"a": START + at(9999)}, refusals=1, probe="a", probed_at=START)

    assert AdmissionState().may_be_tried(3, START) == 3
    assert [tried.may_be_tried(3, START + at(n)) for n in (599, 600)] == [0, 1]
    assert [tried.may_be_tried(3, START, leaving) for leaving in ("a", "b")] == [1, 0]
    assert tried.may_be_tried(0, START, "a") == 0


def test_whoever_looks_at_the_queue_sends_where_somebody_waits_and_nobody_is_held_back() -> None:
    lease, waits = {"a": START + at(9999)}, AdmissionState(waiting_at=START)

    assert not AdmissionState().lets_send(2, START)
    assert waits.lets_send(2, START)
    assert not waits.model_copy(update={"leases": lease}).lets_send(1, START)
    held = waits.model_copy(update={"hold_until": START + at(5)})
    assert [held.lets_send(1, START + at(n)) for n in (4, 5)] == [False, True]
    tried = {"leases": lease, "refusals": 1, "probe": "a", "probed_at": START}
    probed = waits.model_copy(update=tried)
    assert [probed.lets_send(2, START + at(n)) for n in (599, 600)] == [False, True]


@pytest.mark.parametrize(("ahead", "seconds"), [(0, 20), (4, 20), (5, 40), (12, 60)])
def test_the_estimate_counts_the_rounds_ahead(ahead: int, seconds: int) -> None:
    eta = queue_eta(START, not_before=None, ahead=ahead, size=5, durations=[10, 30])

    assert eta == START + at(seconds)


def test_the_estimate_begins_where_the_provider_s_own_wait_ends() -> None:
    after = START + at(600)

    eta = queue_eta(START, not_before=after, ahead=0, size=5, durations=[10])

    assert eta == after + at(10)


def test_nothing_is_estimated_before_any_job_was_done() -> None:
    assert queue_eta(START, not_before=None, ahead=0, size=5, durations=[]) is None


_arrivals = st.lists(
    st.one_of(st.sampled_from("abcde"), st.sampled_from("ABCDE-")), min_size=1, max_size=60
).map("".join)


@given(_arrivals)
def test_nobody_waits_for_more_than_his_share(events: str) -> None:
    """Owners bring jobs, `-` hands a slot to who is next; `A` takes away the job of `a` that waits longest.

    Nobody else has more turns than one for each of an owner's own that wait, and one; who has just had his turn lets
    the others have theirs first.
    """
    queue = FairQueue()
    for event in events:
        if event.islower():
            queue.enter(event)
        elif event.isupper():
            queue.leave(event.lower())
        elif queue.waiting:
            queue.hand_over()
        numbers = queue.numbers()
        assert len(numbers) == len(set(numbers)), "two of an owner's jobs have one number"

    queue.drain()

    for job in queue.done:
        ahead = job.mine_ahead + 1 + job.round_is_over
        for owner, turns in job.turns_of_others.items():
            assert turns <= ahead, (job, owner)


@given(_arrivals)
def test_whoever_is_alone_is_served_in_order(events: str) -> None:
    queue = FairQueue()
    for _ in events:
        queue.enter("a")

    queue.drain()

    numbers = [job.arrived for job in queue.done]
    assert numbers == sorted(numbers)
