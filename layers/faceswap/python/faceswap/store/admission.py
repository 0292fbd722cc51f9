"""Admission to the provider: one item with a lease for each job that may be there, handed from one to the next."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError

from faceswap.ports.admission import Release
from faceswap.rules.queue import AdmissionState, HoldReason, Waiting, number_of
from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import model_of
from faceswap.store.expressions import Update, item_of_refusal

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# How many recent durations are kept; each is written along with the slot that is given back.
_PLACES = 8
PK = "slots"
_REFUSAL = ("refusals", "refused", "probe", "probed_at")
_MAPS = ("leases", "handed", "durations")


class AdmissionStore:
    """The account's slots at the provider, by job id. A lease that nobody gives back ends by itself.

    What each method promises stands in `ports.Admission`.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, size: int) -> None:
        """`size` leases at once."""
        self._dynamodb = dynamodb
        self._table = table
        self.size = size
        self._is_busy = False
        """Whether the item was busy when it was last seen: then it is read first, so that who waits writes nothing."""

    def state(self) -> AdmissionState:
        """What the item says now (consistent read)."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": PK}}, ConsistentRead=True
        )
        return self._seen(answer.get("Item", {}))

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Lease a slot for a job if one is free and nobody waits, or take up the one that it has."""
        if self._is_busy and not self._may_take(self.state(), job_id, now):
            return False
        if self._take(job_id, now, until):
            return True
        state = self.state()
        for over in state.over(now):
            self.give_back(over)
        return self._may_take(state, job_id, now) and self._take(job_id, now, until)

    def hand_over(
        self,
        to: Waiting,
        state: AdmissionState,
        now: datetime,
        until: datetime,
        *,
        leaving: str | None = None,
        seconds: float | None = None,
    ) -> bool:
        """Lease a slot for who is next, in the same write in which another job leaves it, if one does."""
        has_room: ConditionBase = (
            Attr(f"leases.{leaving}").exists() if leaving else Attr("leases").size().lt(self.size)
        )
        condition = Attr(f"leases.{to.job_id}").not_exists() & has_room
        probe = Attr("probe")
        condition = condition & (probe.eq(state.probe) if state.probe else probe.not_exists())
        refusals = Attr("refusals")
        is_as_read = refusals.exists() if state.refusals else refusals.not_exists()
        condition = condition & is_as_read
        number = number_of(to.tag)
        if number > state.virtual_time:
            time = Attr("virtual_time")
            condition = condition & (time.not_exists() | time.lt(number))
        handed = Update(condition)
        handed.set(f"leases.{to.job_id}", to_text(until)).set(f"handed.{to.job_id}", to_text(now))
        if number > state.virtual_time:
            handed.set("virtual_time", number)
        if state.refusals:
            handed.set("probe", to.job_id).set("probed_at", to_text(now))
        if leaving:
            _leave(handed, leaving, seconds)
        refusal = self._write(handed)
        if refusal is None:
            return True
        # Ours, too, if the answer was lost and the write came again; not if who leaves has his slot still.
        since = refusal.handed.get(to.job_id)
        has_left = leaving is None or leaving not in refusal.leases
        return has_left and since is not None and to_text(since) == to_text(now)

    def take_up(self, job_id: str) -> None:
        """A job that was handed a slot has been sent: nobody has to wake it for that any more."""
        handed = f"handed.{job_id}"
        self._write(Update(Attr(handed).exists()).remove(handed))

    def give_back(
        self,
        job_id: str,
        seconds: float | None = None,
        *,
        though_awaited: bool = False,
    ) -> Release:
        """End a job's lease."""
        is_fine: ConditionBase = Attr(f"leases.{job_id}").exists()
        if not though_awaited:
            is_fine = is_fine & Attr("waiting_at").not_exists()
        given_back = Update(is_fine)
        _leave(given_back, job_id, seconds)
        refusal = self._write(given_back)
        if refusal is None:
            return "given back"
        return "awaited" if job_id in refusal.leases else "none"

    def refuse(self, job_id: str, refusals: int, hold_until: datetime | None) -> None:
        """End the lease of a job that the provider refused for the account's sake: one at a time is tried then."""
        has_lease, hold = Attr(f"leases.{job_id}").exists(), Attr("hold_until")
        if hold_until:
            is_longer = hold.not_exists() | hold.lt(to_text(hold_until))
            refused = _refused(has_lease & is_longer, job_id, refusals)
            refused.set("hold_until", to_text(hold_until)).remove("held_for")
            if self._write(refused) is None:
                return
        self._write(_refused(has_lease, job_id, refusals))

    def accept(self) -> None:
        """The provider has taken a job: all may be sent again, unless the queue is held back for another reason."""
        is_refused, is_other = Attr("refusals").exists(), Attr("held_for").exists()
        for condition, names in (
            (is_refused & ~is_other, (*_REFUSAL, "hold_until")),
            (is_refused & is_other, _REFUSAL),
        ):
            accepted = Update(condition)
            for name in names:
                accepted.remove(name)
            if self._write(accepted) is None:
                return

    def hold(self, job_id: str, until: datetime, held_for: HoldReason) -> None:
        """End a job's lease; nobody is sent until then for this reason, or until a later moment that is known."""
        has_lease, hold = Attr(f"leases.{job_id}").exists(), Attr("hold_until")
        held = Update(has_lease & (hold.not_exists() | hold.lte(to_text(until))))
        held.set("hold_until", to_text(until)).set("held_for", held_for)
        _leave(held, job_id, None)
        if self._write(held):
            self.give_back(job_id, though_awaited=True)

    def mark(self, now: datetime) -> None:
        """Note that somebody waits: from now on nobody passes."""
        self._write(Update().set("waiting_at", to_text(now)))

    def lift_hold(self, state: AdmissionState) -> None:
        """Send on, unless somebody holds back anew since that state was read."""
        if state.hold_until:
            as_read = Attr("hold_until").eq(to_text(state.hold_until))
            self._write(Update(as_read).remove("hold_until").remove("held_for"))

    def unmark(self, state: AdmissionState) -> None:
        """Nobody waits any more, unless somebody has begun to since that state was read."""
        if state.waiting_at:
            as_read = Attr("waiting_at").eq(to_text(state.waiting_at))
            self._write(Update(as_read).remove("waiting_at"))

    def _take(self, job_id: str, now: datetime, until: datetime) -> bool:
        leases, lease, hold = Attr("leases"), f"leases.{job_id}", Attr("hold_until")
        is_free = leases.size().lt(self.size) & Attr("waiting_at").not_exists()
        is_free = is_free & (hold.not_exists() | hold.lte(to_text(now)))
        is_free = is_free & Attr("refusals").not_exists()
        is_whole = Attr("handed").exists() & Attr("durations").exists() & leases.exists()
        taken = Update(is_whole & (Attr(lease).exists() | is_free))
        taken.set(lease, to_text(until)).remove(f"handed.{job_id}")
        return self._write(taken) is None

    def _may_take(self, state: AdmissionState, job_id: str, now: datetime) -> bool:
        is_free = state.free(self.size, now) > 0 and not state.waiting_at and not state.is_held(now)
        return job_id in state.leases or (is_free and not state.refusals)

    def _write(self, update: Update) -> AdmissionState | None:
        """None if it was written; else what stood in the way."""
        try:
            self._dynamodb.update_item(
                **update.request(self._table, PK), ReturnValuesOnConditionCheckFailure="ALL_OLD"
            )
        except ClientError as error:
            return self._seen(item_of_refusal(error))
        return None

    def _seen(self, item: dict[str, Any]) -> AdmissionState:
        """What the item says; one that is not there yet, or is of an earlier version, is made whole."""
        if not item.keys() >= {*_MAPS}:
            whole = Update()
            for name in _MAPS:
                whole.set_if_absent(name, {})
            self._dynamodb.update_item(**whole.request(self._table, PK))
        state = model_of(AdmissionState, item)
        is_awaited = state.waiting_at is not None or state.refusals > 0
        self._is_busy = is_awaited or len(state.leases) >= self.size
        return state


def _refused(condition: ConditionBase, job_id: str, refusals: int) -> Update:
    refused = Update(condition).set("refusals", refusals).set("refused", job_id)
    refused.remove("probe").remove("probed_at")
    _leave(refused, job_id, None)
    return refused


def _leave(update: Update, job_id: str, seconds: float | None) -> None:
    """End a job's lease in a write; `seconds` becomes one of the recent durations."""
    update.remove(f"leases.{job_id}").remove(f"handed.{job_id}")
    if seconds is not None:
        update.set(f"durations.{crc32(job_id.encode()) % _PLACES}", round(seconds))
