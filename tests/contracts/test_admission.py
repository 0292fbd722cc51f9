"""Slots at the provider, and the queue before them: in memory and on the table alike."""

import secrets
from datetime import timedelta

from faceswap.ports.admission import Admission
from faceswap.ports.jobs import Jobs
from faceswap.rules import ids
from faceswap.rules.job import Job
from faceswap.rules.queue import Waiting, tag_of
from tests.support.samples import START as NOW
from tests.support.samples import a_job
from tests.support.stores import SLOTS, Stores

UNTIL = NOW + timedelta(seconds=60)


def leases(admission: Admission) -> set[str]:
    return set(admission.state().leases)


def waiting(jobs: Jobs, number: int, seconds: float = 0, owner: str = "me") -> Waiting:
    job = a_job(job_id=ids.job_id(secrets.token_bytes(16)), owner=owner)
    assert jobs.create(job) is None
    tag = tag_of(number, NOW + timedelta(seconds=seconds))
    assert jobs.note(job, queue_tag=tag) is not None
    return Waiting(tag, job.job_id)


def test_a_slot_is_leased_prolonged_and_given_back(stores: Stores) -> None:
    admission = stores.admission
    taken = [admission.take(name, NOW, UNTIL) for name in ("a", "a", "b", "c", "a")]

    assert taken == [True, True, True, False, True]
    assert admission.give_back("b", 7.4) == "given back"
    assert admission.give_back("b") == "none"
    assert admission.take("c", NOW, UNTIL) is True
    assert list(admission.state().durations.values()) == [7.0]
    assert admission.give_back("a", 9) == "given back"
    assert sorted(admission.state().durations.values()) == [7.0, 9.0]
    assert admission.size == SLOTS


def test_a_lease_that_nobody_gives_back_ends_by_itself(stores: Stores) -> None:
    admission = stores.admission
    for name in ("a", "b"):
        admission.take(name, NOW, UNTIL)

    assert admission.take("c", UNTIL - timedelta(seconds=1), UNTIL) is False
    assert admission.take("c", UNTIL, UNTIL + timedelta(seconds=60)) is True
    assert [admission.give_back(name) for name in "abc"] == ["none", "none", "given back"]


def test_while_somebody_waits_nobody_takes_a_free_slot(stores: Stores) -> None:
    admission = stores.admission
    admission.take("a", NOW, UNTIL)
    admission.mark(NOW)

    assert admission.take("new", NOW, UNTIL) is False
    assert admission.take("a", NOW, UNTIL) is True
    admission.unmark(admission.state())
    assert admission.take("new", NOW, UNTIL) is True


def test_a_mark_that_was_set_anew_stays(stores: Stores) -> None:
    admission = stores.admission
    admission.mark(NOW)
    read = admission.state()
    admission.mark(NOW + timedelta(seconds=1))

    admission.unmark(read)

    assert admission.state().waiting_at == NOW + timedelta(seconds=1)


def test_a_slot_is_handed_over_in_the_write_that_frees_it(stores: Stores) -> None:
    admission, following = stores.admission, Waiting(tag_of(7, NOW), "next")
    for name in ("a", "b"):
        admission.take(name, NOW, UNTIL)
    admission.mark(NOW)

    assert admission.give_back("a", 5) == "awaited"
    assert leases(admission) == {"a", "b"}
    state = admission.state()
    assert admission.hand_over(following, state, NOW, UNTIL, leaving="a", seconds=5) is True
    after = admission.state()
    assert (set(after.leases), dict(after.handed)) == ({"b", "next"}, {"next": NOW})
    assert (after.virtual_time, list(after.durations.values())) == (7, [5.0])
    later = NOW + timedelta(seconds=1)
    assert admission.hand_over(following, after, later, UNTIL, leaving="b") is False
    assert admission.take("next", NOW, UNTIL) is True
    assert admission.state().handed == {}


def test_who_was_handed_a_slot_and_was_sent_has_taken_it_up(stores: Stores) -> None:
    admission = stores.admission
    state, until = admission.state(), NOW + timedelta(seconds=60)
    assert admission.hand_over(Waiting(tag_of(0, NOW), "next"), state, NOW, until)

    for name in ("next", "next", "nobody"):
        admission.take_up(name)

    after = admission.state()
    assert (dict(after.leases), after.handed) == ({"next": until}, {})


def test_a_free_slot_is_handed_over_while_there_is_one(stores: Stores) -> None:
    admission = stores.admission
    first, second, third = (Waiting(tag_of(3, NOW), name) for name in "abc")

    done = [
        admission.hand_over(each, admission.state(), NOW, UNTIL) for each in (first, second, third)
    ]

    assert done == [True, True, False]
    assert admission.state().virtual_time == 3


def test_who_reads_an_older_virtual_time_does_not_turn_it_back(stores: Stores) -> None:
    admission = stores.admission
    before = admission.state()
    admission.hand_over(Waiting(tag_of(9, NOW), "a"), before, NOW, UNTIL)

    assert admission.hand_over(Waiting(tag_of(4, NOW), "b"), before, NOW, UNTIL) is False
    assert admission.hand_over(Waiting(tag_of(4, NOW), "b"), admission.state(), NOW, UNTIL) is True
    assert admission.state().virtual_time == 9


def test_of_two_who_leave_at_once_one_has_handed_over(stores: Stores) -> None:
    admission, to = stores.admission, Waiting(tag_of(1, NOW), "c")
    for job_id in ("a", "b"):
        admission.take(job_id, NOW, UNTIL)
    state = admission.state()

    left = [
        admission.hand_over(to, state, NOW, UNTIL, leaving=leaving, seconds=1.0)
        for leaving in ("a", "b")
    ]

    assert (left, leases(admission)) == ([True, False], {"b", "c"})


def test_a_slot_is_given_back_though_somebody_waits(stores: Stores) -> None:
    admission = stores.admission
    admission.take("a", NOW, UNTIL)
    admission.mark(NOW)

    assert admission.give_back("a", though_awaited=True) == "given back"
    assert leases(admission) == set()


def test_nobody_is_sent_while_the_provider_takes_nobody(stores: Stores) -> None:
    admission, hold = stores.admission, NOW + timedelta(seconds=30)
    admission.take("a", NOW, UNTIL)
    admission.refuse("a", 1, hold)

    state = admission.state()
    assert (leases(admission), state.refusals, state.refused) == (set(), 1, "a")
    assert [state.is_held(at) for at in (NOW, hold)] == [True, False]
    assert admission.take("b", hold, UNTIL) is False


def test_after_a_refusal_one_job_at_a_time_is_tried_until_one_is_taken(stores: Stores) -> None:
    admission = stores.admission
    admission.take("a", NOW, UNTIL)
    admission.refuse("a", 1, None)
    before = admission.state()

    assert admission.hand_over(Waiting(tag_of(1, NOW), "b"), before, NOW, UNTIL)
    assert admission.hand_over(Waiting(tag_of(2, NOW), "c"), before, NOW, UNTIL) is False
    state = admission.state()
    assert (state.probe, state.probed_at) == ("b", NOW)
    assert state.may_be_tried(state.free(2, NOW), NOW) == 0
    admission.take("b", NOW, UNTIL)
    admission.accept()

    state = admission.state()
    assert (state.refusals, state.refused, state.probe, state.hold_until) == (0, None, None, None)
    assert state.probed_at is None
    assert admission.take("c", NOW, UNTIL) is True


def test_a_longer_hold_stays_and_a_refusal_counts_once(stores: Stores) -> None:
    admission, hold = stores.admission, NOW + timedelta(seconds=600)
    for job_id in ("a", "b"):
        admission.take(job_id, NOW, UNTIL)
    admission.refuse("a", 1, hold)

    admission.refuse("b", 1, NOW + timedelta(seconds=30))
    admission.refuse("b", 7, NOW + timedelta(seconds=999))

    state = admission.state()
    assert (state.hold_until, state.refusals, state.refused) == (hold, 1, "b")
    assert leases(admission) == set()


def test_an_owner_s_numbers_follow_one_another_and_the_virtual_time(stores: Stores) -> None:
    queue = stores.queue

    assert [queue.number("me", 0, NOW) for _ in range(3)] == [0, 1, 2]
    assert queue.number("you", 5, NOW) == 5
    assert [queue.number("me", 5, NOW) for _ in range(2)] == [5, 6]


def test_numbers_of_jobs_that_left_are_given_again(stores: Stores) -> None:
    queue = stores.queue
    queue.take_back("me", 7)
    assert [queue.number("me", 0, NOW) for _ in range(5)] == [0, 1, 2, 3, 4]

    for number in (2, 0, 4):
        queue.take_back("me", number)
    queue.take_back("me", 9)

    assert [queue.number("me", 0, NOW) for _ in range(2)] == [0, 2]
    assert queue.number("me", 0, NOW) == 4
    queue.take_back("me", 1)
    assert queue.number("me", 2, NOW) == 5

    for number in range(6):
        queue.take_back("me", number)
    assert queue.number("me", 2, NOW) == 2


def test_the_queue_is_in_order_and_whoever_moves_on_leaves_it(stores: Stores) -> None:
    jobs, queue = stores.jobs, stores.queue
    later, first, second = waiting(jobs, 2), waiting(jobs, 1), waiting(jobs, 1, seconds=1)

    assert queue.first(10) == [first, second, later]
    assert queue.first(2) == [first, second]
    moved: Job | None = jobs.get(first.job_id)
    assert moved is not None
    assert jobs.move(moved, "submitting", NOW, submitted_at=NOW) is not None
    assert queue.first(10) == [second, later]
    ended = jobs.get(second.job_id)
    assert ended is not None
    after = jobs.move(ended, "cancelled", NOW)
    assert after is not None
    assert after.queue_tag is None
    assert queue.first(10) == [later]


def test_who_moves_on_leaves_the_queue_though_his_tag_came_since_he_was_read(
    stores: Stores,
) -> None:
    job = a_job(job_id=ids.job_id(secrets.token_bytes(16)))
    assert stores.jobs.create(job) is None
    assert stores.jobs.note(job, queue_tag=tag_of(1, NOW)) is not None

    assert stores.jobs.move(job, "cancelled", NOW) is not None

    assert stores.queue.first(10) == []


def test_about_how_many_are_ahead_is_told_up_to_a_bound(stores: Stores) -> None:
    jobs, queue = stores.jobs, stores.queue
    last = waiting(jobs, 900)
    assert queue.ahead(last) == 0

    for number in range(240):
        waiting(jobs, number)

    assert queue.ahead(last) is None
