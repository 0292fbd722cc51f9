"""Admission to the provider, in memory."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.admission import Release
from faceswap.rules.queue import AdmissionState, HoldReason, Waiting, number_of
from tests.fakes.calls import Before, at_once


class FakeAdmission:
    """Leases, and until when each job ever had one; `taken` is told of who takes one that he was not handed."""

    def __init__(
        self,
        size: int,
        before: Before = at_once,
        taken: Callable[[str], None] = lambda _job_id: None,
    ) -> None:
        self.size = size
        self.leases: dict[str, datetime] = {}
        self.handed: dict[str, datetime] = {}
        self.until: dict[str, datetime] = {}
        self.durations: dict[str, float] = {}
        self.waiting_at: datetime | None = None
        self.hold_until: datetime | None = None
        self.refusals = 0
        self.refused: str | None = None
        self.probe: str | None = None
        self.probed_at: datetime | None = None
        self.held_for: HoldReason | None = None
        self.virtual_time = 0
        self.lets_pass = False
        """A deliberate bug: who comes anew passes those who wait."""
        self._before = before
        self._taken = taken

    def state(self) -> AdmissionState:
        self._before("state")
        return self._state()

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        self._before("take")
        state = self._state()
        if job_id not in self.leases:
            is_awaited = state.waiting_at is not None or state.refusals > 0
            is_awaited = is_awaited and not self.lets_pass
            if state.is_held(now) or is_awaited or state.free(self.size, now) <= 0:
                return False
            for over in state.over(now):
                self._leave(over, None)
            self._taken(job_id)
        self.leases[job_id] = self.until[job_id] = until
        self.handed.pop(job_id, None)
        return True

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
        self._before("hand_over")
        has_room = leaving in self.leases if leaving else len(self.leases) < self.size
        number = number_of(to.tag)
        is_late = number > state.virtual_time and number <= self.virtual_time and self.virtual_time
        is_as_read = self.probe == state.probe and bool(self.refusals) == bool(state.refusals)
        if to.job_id in self.leases or not has_room or is_late or not is_as_read:
            return False
        if leaving:
            self._leave(leaving, seconds)
        self.leases[to.job_id] = self.until[to.job_id] = until
        self.handed[to.job_id] = now
        self.virtual_time = max(self.virtual_time, number)
        if state.refusals:
            self.probe, self.probed_at = to.job_id, now
        return True

    def take_up(self, job_id: str) -> None:
        self._before("take_up")
        self.handed.pop(job_id, None)

    def give_back(
        self,
        job_id: str,
        seconds: float | None = None,
        *,
        though_awaited: bool = False,
    ) -> Release:
        self._before("give_back")
        if job_id not in self.leases:
            return "none"
        if self.waiting_at and not though_awaited:
            return "awaited"
        self._leave(job_id, seconds)
        return "given back"

    def refuse(self, job_id: str, refusals: int, hold_until: datetime | None) -> None:
        self._before("refuse")
        if job_id not in self.leases:
            return
        self._leave(job_id, None)
        self.refusals, self.refused = refusals, job_id
        self.probe = self.probed_at = None
        if hold_until and (self.hold_until is None or hold_until > self.hold_until):
            self.hold_until, self.held_for = hold_until, None

    def accept(self) -> None:
        self._before("accept")
        if self.refusals and self.held_for is None:
            self.hold_until = None
        self.refusals = 0
        self.refused = self.probe = self.probed_at = None

    def hold(self, job_id: str, until: datetime, held_for: HoldReason) -> None:
        self._before("hold")
        if job_id not in self.leases:
            return
        self._leave(job_id, None)
        if self.hold_until is None or until >= self.hold_until:
            self.hold_until, self.held_for = until, held_for

    def mark(self, now: datetime) -> None:
        self._before("mark")
        self.waiting_at = now

    def lift_hold(self, state: AdmissionState) -> None:
        self._before("lift_hold")
        if state.hold_until == self.hold_until:
            self.hold_until = self.held_for = None

    def unmark(self, state: AdmissionState) -> None:
        self._before("unmark")
        if state.waiting_at == self.waiting_at:
            self.waiting_at = None

    def _state(self) -> AdmissionState:
        return AdmissionState(
            leases=dict(self.leases),
            handed=dict(self.handed),
            waiting_at=self.waiting_at,
            hold_until=self.hold_until,
            refusals=self.refusals,
            refused=self.refused,
            probe=self.probe,
            probed_at=self.probed_at,
            held_for=self.held_for,
            virtual_time=self.virtual_time,
            durations=dict(self.durations),
        )

    def _leave(self, job_id: str, seconds: float | None) -> None:
        del self.leases[job_id]
        self.handed.pop(job_id, None)
        if seconds is not None:
            self.durations[job_id] = float(round(seconds))
