"""Deliveries of callbacks, their queue, and owners' slots and secrets, in memory."""

from collections.abc import Sequence
from datetime import datetime

from faceswap.ports.callbacks import Begun
from faceswap.ports.jobs import Position
from faceswap.rules.callbacks import (
    LONGEST_ASKED,
    MOST_TRIES_KEPT,
    CallbackMessage,
    Delivery,
    Outcome,
    SecretNumber,
    Try,
)
from faceswap.rules.times import to_text
from tests.fakes.calls import Before, at_once
from tests.fakes.slots import FakeSlots


class FakeDeliveries:
    """Deliveries by job."""

    def __init__(self, before: Before = at_once) -> None:
        self.now: dict[str, Delivery] = {}
        self._before = before

    def get(self, job_id: str) -> Delivery | None:
        self._before("get")
        return self.now.get(job_id)

    def ask(self, message: CallbackMessage, now: datetime) -> bool:
        self._before("ask")
        fields = message.model_dump(include={"job_id", "owner", "version"})
        known = self.now.get(message.job_id) or Delivery(**fields)
        if message.recovers and known.given_up_at != message.recovers:
            return False
        name = "recovering_at" if message.recovers else "asked_at"
        asked = getattr(known, name)
        if asked and asked > now - LONGEST_ASKED:
            return False
        self.now[message.job_id] = known.model_copy(update=fields | {name: now})
        return True

    def begin(self, message: CallbackMessage, now: datetime, until: datetime) -> Begun:
        self._before("begin")
        known = self.now.get(message.job_id)
        begun = self._begun(known, message, now)
        if begun is None:
            return Begun(known, is_ours=False)
        fields: dict[str, object] = {
            "busy_until": until,
            "version": message.version,
            "owner": message.owner,
        }
        if message.public_base_url:
            fields["public_base_url"] = message.public_base_url
        self.now[message.job_id] = begun.model_copy(update=fields)
        return Begun(self.now[message.job_id], is_ours=True)

    def _begun(
        self, known: Delivery | None, message: CallbackMessage, now: datetime
    ) -> Delivery | None:
        """The delivery with a try under way; None if none is due."""
        if known is None:
            fields = message.model_dump(include={"job_id", "owner", "version"})
            return Delivery(**fields, tries=0 if message.again else 1)
        if known.busy_until and known.busy_until > now:
            return None
        is_given_up = known.status == "exhausted" and known.given_up_at is not None
        if is_given_up and known.given_up_at == message.recovers:
            anew: dict[str, object] = {
                "status": "pending",
                "tries": 1,
                "given_up_at": None,
                "recovering_at": None,
            }
            return known.model_copy(update=anew)
        if message.again:
            return known
        if known.status != "pending" or (known.next_at and known.next_at > now):
            return None
        return known.model_copy(update={"tries": known.tries + 1, "next_at": None})

    def finish(self, delivery: Delivery, tried: Try, then: Outcome, at: datetime) -> bool:
        self._before("finish")
        known = self.now.get(delivery.job_id)
        if known is None or known.busy_until != delivery.busy_until:
            return False
        log = (*delivery.log, tried)[-MOST_TRIES_KEPT:]
        fields: dict[str, object] = {"status": then.status, "busy_until": None, "log": log}
        fields["asked_at"] = None
        if then.wait is not None:
            fields["next_at"] = at
        if then.status == "exhausted" and delivery.status != "exhausted":
            fields["given_up_at"] = at
        if then.status in {"delivered", "gone"}:
            fields |= {"next_at": None, "given_up_at": None}
        self.now[delivery.job_id] = known.model_copy(update=fields)
        return True

    def delete(self, job_id: str) -> None:
        self._before("delete")
        self.now.pop(job_id, None)

    def given_up(
        self, owner: str, limit: int, after: Position | None, since: datetime | None = None
    ) -> tuple[list[Delivery], Position | None]:
        self._before("given_up")
        found = [
            (Position(to_text(each.given_up_at), each.job_id), each)
            for each in self.now.values()
            if each.owner == owner and each.status == "exhausted" and each.given_up_at
        ]
        found = [pair for pair in found if since is None or pair[0].created_at >= to_text(since)]
        found = sorted(found, reverse=True)
        found = [pair for pair in found if after is None or pair[0] < after]
        page = found[:limit]
        return [each for _, each in page], page[-1][0] if len(found) >= limit else None


class FakeCallbackQueue:
    """What was sent, and what was given up."""

    def __init__(self, before: Before = at_once) -> None:
        self.sent: list[CallbackMessage] = []
        self.buried: list[CallbackMessage] = []
        self._before = before

    def send(self, messages: Sequence[CallbackMessage]) -> None:
        self._before("send")
        self.sent += messages

    def bury(self, message: CallbackMessage) -> None:
        self._before("bury")
        self.buried.append(message)


class FakeOwnerSlots:
    """Slots of each owner."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.owners: dict[str, FakeSlots] = {}

    def of(self, owner: str) -> FakeSlots:
        return self.owners.setdefault(owner, FakeSlots(self._size))


class FakeSlowReceivers:
    """Slots of receivers that are slow."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.slow_until: dict[str, datetime] = {}
        self.slots: dict[str, FakeSlots] = {}

    def of(self, address: str, now: datetime) -> FakeSlots | None:
        until = self.slow_until.get(address)
        if until is None or until <= now:
            return None
        return self.slots.setdefault(address, FakeSlots(self._size))

    def note_late(self, address: str, until: datetime) -> None:
        self.slow_until[address] = max(until, self.slow_until.get(address, until))


class FakeSecretNumbers:
    """Numbers of owners' secrets."""

    def __init__(self) -> None:
        self.now: dict[str, SecretNumber] = {}

    def number(self, owner: str) -> SecretNumber:
        return self.now.get(owner, SecretNumber())

    def raise_number(self, owner: str, now: datetime) -> SecretNumber | None:
        known = self.number(owner)
        if known.old_until(now):
            return None
        self.now[owner] = SecretNumber(number=known.number + 1, rotated_at=now)
        return self.now[owner]
