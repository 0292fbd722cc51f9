"""What use cases rely on of rates: a minute's worth at once, then as fast as it flows back."""

from datetime import timedelta

from tests.support.samples import START
from tests.support.stores import RATE, Stores


def test_a_minutes_worth_is_admitted_at_once_and_one_more_after_each_interval(
    stores: Stores,
) -> None:
    taken = [stores.rates.take("me", START) for _ in range(RATE.a_minute + 1)]

    in_10 = START + timedelta(seconds=10)
    assert taken == [None] * RATE.a_minute + [in_10]
    assert stores.rates.take("me", START + timedelta(seconds=9)) == in_10
    assert stores.rates.take("me", in_10) is None
    assert stores.rates.take("me", in_10) == START + timedelta(seconds=20)


def test_nobody_uses_up_what_is_anothers(stores: Stores) -> None:
    for _ in range(RATE.a_minute + 1):
        stores.rates.take("me", START)

    assert stores.rates.take("other", START) is None


def test_what_was_not_used_does_not_add_up(stores: Stores) -> None:
    assert stores.rates.take("me", START) is None
    later = START + timedelta(hours=1)

    taken = [stores.rates.take("me", later) for _ in range(RATE.a_minute + 1)]

    assert taken == [None] * RATE.a_minute + [later + timedelta(seconds=10)]
