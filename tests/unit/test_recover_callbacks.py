"""Callbacks that were given up are sent again once, however often somebody asks for it."""

from datetime import timedelta

import pytest

from faceswap.ports.callbacks import Begun
from faceswap.rules.callbacks import CallbackMessage, Delivery
from faceswap.usecases.recover_callbacks import RecoverCallbacks
from tests.fakes import FakeCallbackQueue, FakeDeliveries
from tests.support.samples import JOB_ID, START
from tests.support.wired_use_cases import Clock

ADDRESS = "https://api.example"


class Lab:
    """One callback that was given up when the tests begin."""

    def __init__(self) -> None:
        self.clock, self.deliveries, self.queue = (
            Clock(START),
            FakeDeliveries(),
            FakeCallbackQueue(),
        )
        self.deliveries.now[JOB_ID] = Delivery(
            job_id=JOB_ID, owner="me", version=4, status="exhausted", given_up_at=START
        )

    def recover(self) -> int:
        recover = RecoverCallbacks(deliveries=self.deliveries, queue=self.queue, clock=self.clock)
        return recover.run("me", START - timedelta(days=1), ADDRESS)

    def begin(self, message: CallbackMessage) -> Begun:
        return self.deliveries.begin(
            message, self.clock.now, self.clock.now + timedelta(seconds=30)
        )


def test_who_asks_again_sends_nothing_more() -> None:
    lab = Lab()

    assert [lab.recover() for _ in range(40)] == [1] + 39 * [0]

    (message,) = lab.queue.sent
    assert (message.recovers, message.public_base_url) == (START, ADDRESS)
    assert lab.begin(message).is_ours


def test_a_thousand_are_sent_at_once_and_the_rest_when_somebody_asks_again() -> None:
    lab = Lab()
    for number in range(1000):
        changes = {"job_id": f"job_{number}", "given_up_at": START + timedelta(seconds=number)}
        delivery = lab.deliveries.now[JOB_ID].model_copy(update=changes)
        lab.deliveries.now[delivery.job_id] = delivery

    assert lab.recover() == 1000
    assert len(lab.queue.sent) == 1000


def test_what_was_asked_for_and_lost_may_be_asked_for_again_later() -> None:
    lab = Lab()
    lab.recover()
    lab.queue.sent.clear()

    lab.clock.forward(3600)

    assert lab.recover() == 1
    assert len(lab.queue.sent) == 1


def test_a_round_that_began_meanwhile_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab()
    found = lab.deliveries.given_up("me", 9, None)
    lab.recover()
    lab.begin(lab.queue.sent[0])
    lab.clock.forward(7200)
    monkeypatch.setattr(lab.deliveries, "given_up", lambda *_args: found)  # an index that lags

    assert lab.recover() == 0
