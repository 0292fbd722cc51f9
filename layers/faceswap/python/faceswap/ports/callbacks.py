"""What is posted to clients."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from faceswap.ports.admission import Slots
from faceswap.ports.jobs import Position
from faceswap.rules.callbacks import Answer, CallbackMessage, Delivery, Outcome, SecretNumber, Try


class SlowReceivers(Protocol):
    """How many callbacks may be tried at once at a receiver that did not answer in time."""

    def of(self, address: str, now: datetime) -> Slots | None:
        """The slots of a receiver that counts as slow; None for any other."""

    def note_late(self, address: str, until: datetime) -> None:
        """Note that a receiver did not answer in time: it counts as slow until then."""


class Begun(NamedTuple):
    """A delivery, and whether the try that is under way is the caller's."""

    delivery: Delivery | None
    is_ours: bool


class Deliveries(Protocol):
    """Deliveries of callbacks by job."""

    def get(self, job_id: str) -> Delivery | None:
        """The delivery as it is now; None before the first try."""

    def ask(self, message: CallbackMessage, now: datetime) -> bool:
        """Note that one more try, or round, is asked for.

        Whether it is news: not while one is that was not made yet, nor a round of what is not given up any more.
        """

    def begin(self, message: CallbackMessage, now: datetime, until: datetime) -> Begun:
        """Note that a try begins now and ends by `until`, if one is due by this message."""

    def finish(self, delivery: Delivery, tried: Try, then: Outcome, at: datetime) -> bool:
        """Note what came of a try.

        Args:
            delivery: as it was when the try began.
            tried: the try.
            then: what the delivery is now.
            at: when the next try comes; or when it was given up.

        Returns:
            Whether it was noted: not if the delivery is there no more, or somebody took over meanwhile.
        """

    def delete(self, job_id: str) -> None:
        """Forget a delivery."""

    def given_up(
        self, owner: str, limit: int, after: Position | None, since: datetime | None = None
    ) -> tuple[list[Delivery], Position | None]:
        """An owner's deliveries that were given up, newest first, and where the list goes on; may lag behind."""


class CallbackQueue(Protocol):
    """The queue of callbacks, and the one of those that were given up."""

    def send(self, messages: Sequence[CallbackMessage]) -> None:
        """Let each be delivered."""

    def bury(self, message: CallbackMessage) -> None:
        """Keep a message that was given up among the dead letters."""


class CallbackSecretNumbers(Protocol):
    """Which of each owner's secrets is the newest."""

    def number(self, owner: str) -> SecretNumber:
        """The newest; 0 for an owner who never asked for another."""

    def raise_number(self, owner: str, now: datetime) -> SecretNumber | None:
        """Begin with another secret. None if the one before the newest is still in use."""


class CallbackSender(Protocol):
    """Posts to addresses that clients named."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What the receiver answered; raises nothing for what it, the network or its address does."""
