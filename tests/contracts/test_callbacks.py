"""What use cases rely on of deliveries, of owners' slots, and of the numbers of owners' secrets."""

from datetime import UTC, datetime, timedelta

import pytest

from faceswap.ports.jobs import Position
from faceswap.rules.callbacks import (
    LONGEST_TRY,
    MOST_TRIES_KEPT,
    CallbackMessage,
    Delivery,
    Outcome,
    Try,
)
from tests.support.stores import Stores

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
MESSAGE = CallbackMessage(job_id="job_a", owner="ann", version=4, public_base_url="https://api")
FAILED, TAKEN = Try(at=NOW, seconds=0.25, http_status=500), Try(at=NOW, seconds=1, http_status=204)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def begin(
    stores: Stores, at: float = 0, message: CallbackMessage = MESSAGE
) -> tuple[Delivery | None, bool]:
    return stores.deliveries.begin(message, after(at), after(at) + LONGEST_TRY)


def tried(
    stores: Stores, then: Outcome, *, at: float = 0, message: CallbackMessage = MESSAGE
) -> Delivery:
    """The delivery after a try that was due."""
    delivery, is_ours = begin(stores, at, message)
    assert delivery is not None
    assert is_ours
    moment = after(at + (then.wait or 0))
    assert stores.deliveries.finish(delivery, FAILED, then, moment)
    found = stores.deliveries.get(delivery.job_id)
    assert found is not None
    return found


def given_up(stores: Stores, job_id: str, at: float, owner: str = "ann") -> Delivery:
    message = MESSAGE.model_copy(update={"job_id": job_id, "owner": owner})
    return tried(stores, Outcome("exhausted"), at=at, message=message)


def test_a_try_is_counted_before_it_is_made(stores: Stores) -> None:
    assert stores.deliveries.get("job_a") is None

    delivery, is_ours = begin(stores)

    assert is_ours
    assert delivery == stores.deliveries.get("job_a")
    assert delivery == Delivery(
        job_id="job_a",
        owner="ann",
        version=4,
        public_base_url="https://api",
        tries=1,
        busy_until=NOW + LONGEST_TRY,
    )


def test_one_try_at_a_time(stores: Stores) -> None:
    first, _ = begin(stores)

    again = begin(stores, 29.999)
    after_its_death = begin(stores, 30)

    assert again == (first, False)
    delivery, is_ours = after_its_death
    assert is_ours
    assert delivery is not None
    assert delivery.tries == 2


def test_the_next_try_comes_when_it_is_planned(stores: Stores) -> None:
    planned = tried(stores, Outcome("pending", 5))

    assert (planned.status, planned.next_at, planned.busy_until) == ("pending", after(5), None)
    assert planned.log == (FAILED,)
    assert begin(stores, 4.999) == (planned, False)
    delivery, is_ours = begin(stores, 5)
    assert is_ours
    assert delivery is not None
    assert (delivery.tries, delivery.next_at, delivery.log) == (2, None, (FAILED,))


@pytest.mark.parametrize("status", ["delivered", "gone", "exhausted"])
def test_what_is_over_is_not_tried_again(stores: Stores, status: str) -> None:
    over = tried(stores, Outcome(status))  # type: ignore[arg-type]

    assert begin(stores, 3600) == (over, False)


def test_who_was_too_slow_changes_nothing(stores: Stores) -> None:
    slow, _ = begin(stores)
    begin(stores, 61)
    assert slow is not None

    assert not stores.deliveries.finish(slow, TAKEN, Outcome("delivered"), after(62))

    found = stores.deliveries.get("job_a")
    assert found is not None
    assert (found.status, found.log) == ("pending", ())


def test_a_delivery_that_was_forgotten_meanwhile_stays_so(stores: Stores) -> None:
    delivery, _ = begin(stores)
    assert delivery is not None

    stores.deliveries.delete("job_a")

    assert not stores.deliveries.finish(delivery, TAKEN, Outcome("delivered"), NOW)
    assert stores.deliveries.get("job_a") is None


def test_a_try_beside_the_schedule_leaves_it_as_it_is(stores: Stores) -> None:
    planned = tried(stores, Outcome("pending", 300))
    again = MESSAGE.model_copy(update={"again": True})

    delivery, is_ours = begin(stores, 10, again)
    assert is_ours
    assert delivery is not None
    assert begin(stores, 11, again)[1] is False
    stores.deliveries.finish(delivery, FAILED, Outcome("pending"), after(11))

    found = stores.deliveries.get("job_a")
    assert found is not None
    assert (found.tries, found.next_at, len(found.log)) == (1, planned.next_at, 2)


def test_a_try_beside_the_schedule_may_come_first(stores: Stores) -> None:
    tried(stores, Outcome("pending"), message=MESSAGE.model_copy(update={"again": True}))

    delivery, is_ours = begin(stores, 1)

    assert is_ours
    assert delivery is not None
    assert delivery.tries == 1


def test_another_try_of_what_was_given_up_keeps_when_that_was(stores: Stores) -> None:
    before = given_up(stores, "job_a", 0)

    tried(stores, Outcome("exhausted"), at=10, message=MESSAGE.model_copy(update={"again": True}))

    found, _ = stores.deliveries.given_up("ann", 10, None)
    assert [each.given_up_at for each in found] == [before.given_up_at]


def test_what_was_given_up_is_listed_newest_first_to_its_owner(stores: Stores) -> None:
    for number, job_id in enumerate(("job_a", "job_b", "job_c")):
        given_up(stores, job_id, number)
    given_up(stores, "job_x", 1, owner="bob")

    first, following = stores.deliveries.given_up("ann", 2, None)
    second, _ = stores.deliveries.given_up("ann", 2, following)
    since, _ = stores.deliveries.given_up("ann", 9, None, after(1))

    assert [each.job_id for each in first] == ["job_c", "job_b"]
    assert following == Position("2026-01-31T09:30:01.000Z", "job_b")
    assert [each.job_id for each in second] == ["job_a"]
    assert [each.job_id for each in since] == ["job_c", "job_b"]


def test_what_was_given_up_begins_anew_once(stores: Stores) -> None:
    before = given_up(stores, "job_a", 0)
    recover = MESSAGE.model_copy(update={"recovers": before.given_up_at})

    delivery, is_ours = begin(stores, 100, recover)
    again = begin(stores, 101, recover)

    assert is_ours
    assert delivery is not None
    assert (delivery.status, delivery.tries, delivery.given_up_at) == ("pending", 1, None)
    assert again == (delivery, False)
    assert stores.deliveries.given_up("ann", 10, None)[0] == []
    # The same message carries the schedule on.
    stores.deliveries.finish(delivery, FAILED, Outcome("pending", 5), after(105))
    second, is_ours = begin(stores, 105, recover)
    assert is_ours
    assert second is not None
    assert second.tries == 2


def test_the_last_tries_are_kept(stores: Stores) -> None:
    for number in range(MOST_TRIES_KEPT + 2):
        last = tried(stores, Outcome("pending", 1), at=number)

    assert len(last.log) == MOST_TRIES_KEPT
    assert last.tries == MOST_TRIES_KEPT + 2


def test_each_owner_has_slots_of_his_own(stores: Stores) -> None:
    ann, bob = stores.owner_slots.of("ann"), stores.owner_slots.of("bob")

    taken = [ann.take(job_id, NOW, after(60)) for job_id in ("a", "b", "c")]

    assert taken == [True, True, False]
    assert bob.take("x", NOW, after(60))
    assert ann.give_back("a")
    assert stores.owner_slots.of("ann").take("c", NOW, after(60))
    assert stores.owner_slots.of("ann").take("d", after(60), after(120))


def test_an_owners_number_grows_once_a_day(stores: Stores) -> None:
    numbers = stores.secret_numbers
    assert numbers.number("ann").number == 0

    first = numbers.raise_number("ann", NOW)
    soon = numbers.raise_number("ann", after(86_399))
    later = numbers.raise_number("ann", after(86_400))

    assert first is not None
    assert (first.number, first.rotated_at) == (1, NOW)
    assert soon is None
    assert later == numbers.number("ann")
    assert numbers.number("ann").number == 2
    assert numbers.number("bob").number == 0


def test_one_more_try_is_asked_for_once_until_it_was_made(stores: Stores) -> None:
    asked = [stores.deliveries.ask(MESSAGE, after(seconds)) for seconds in (0, 1, 3599, 3600, 3601)]
    assert asked == [True, False, False, True, False]

    planned = tried(stores, Outcome("pending", 5), at=3700)

    assert (planned.asked_at, planned.tries, planned.status) == (None, 1, "pending")
    assert stores.deliveries.ask(MESSAGE, after(3702))
    found = stores.deliveries.get("job_a")
    assert found is not None
    assert (found.asked_at, found.tries, found.next_at) == (after(3702), 1, after(3705))


def test_the_address_that_a_message_gave_stays_known(stores: Stores) -> None:
    tried(stores, Outcome("pending", 5))

    begin(stores, 10, MESSAGE.model_copy(update={"public_base_url": "", "again": True}))

    found = stores.deliveries.get("job_a")
    assert found is not None
    assert found.public_base_url == "https://api"


def test_a_receiver_counts_as_slow_for_a_while(stores: Stores) -> None:
    address = "https://app.example.com/hook"
    assert stores.slow_receivers.of(address, NOW) is None

    for seconds in (60, 30):
        stores.slow_receivers.note_late(address, after(seconds))

    slots = stores.slow_receivers.of(address, after(59))
    assert slots is not None
    taken = [slots.take(f"job_{name}_0", NOW, after(90)) for name in "abc"]
    assert taken == [True, True, False]
    assert stores.slow_receivers.of("https://app.example.com/other", NOW) is None
    assert stores.slow_receivers.of(address, after(60)) is None


def test_leases_of_two_tries_of_one_job_are_two(stores: Stores) -> None:
    slots = stores.owner_slots.of("ann")
    taken = [slots.take(f"job_a_{token}", NOW, after(30)) for token in ("0f", "1e", "2d")]

    assert taken == [True, True, False]
    assert slots.give_back("job_a_0f")
    assert slots.take("job_a_2d", NOW, after(30))
    assert not slots.take("job_a_0f", NOW, after(30))


def test_another_round_is_asked_for_once_and_only_of_what_is_given_up(stores: Stores) -> None:
    recover = MESSAGE.model_copy(update={"recovers": after(0)})
    assert stores.deliveries.ask(recover, after(1)) is False

    before = given_up(stores, "job_a", 0)
    recover = MESSAGE.model_copy(update={"recovers": before.given_up_at})
    assert stores.deliveries.ask(MESSAGE, after(9))  # one try beside it is another thing
    asked = [stores.deliveries.ask(recover, after(seconds)) for seconds in (10, 11)]
    begun = stores.deliveries.begin(recover, after(20), after(50))

    assert (asked, begun.is_ours) == ([True, False], True)
    assert stores.deliveries.ask(recover, after(7200)) is False
