"""Who may go to the provider, and who waits."""

from datetime import datetime
from typing import Literal, Protocol

from faceswap.rules.queue import AdmissionState, HoldReason, Waiting

Release = Literal["given back", "awaited", "none"]
"""What became of a lease that was to end: it did; it goes on, as somebody waits for the slot; there was none."""


class Admission(Protocol):
    """The account's slots at the provider, leased by job id, and handed from one to the next."""

    @property
    def size(self) -> int:
        """How many there are."""

    def state(self) -> AdmissionState:
        """Who has a slot now, and what holds others back."""

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Lease a slot for a job if one is free and nobody waits, or take up the one that it has.

        Returns:
            Whether it has one now.
        """

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
        """Lease a slot for who is next, in the same write in which another job leaves it, if one does.

        Args:
            to: who is next; the virtual time becomes his number, unless it is past that.
            state: as it was read.
            now: the present moment.
            until: when the lease ends by itself.
            leaving: the job whose lease ends.
            seconds: how long the provider took for that one, if it was done.

        Returns:
            Whether it was done: not if there is no slot, or he has one, or somebody was faster.
        """

    def take_up(self, job_id: str) -> None:
        """A job that was handed a slot has been sent: nobody has to wake it for that any more."""

    def give_back(
        self,
        job_id: str,
        seconds: float | None = None,
        *,
        though_awaited: bool = False,
    ) -> Release:
        """End a job's lease.

        Args:
            job_id: the job.
            seconds: how long the provider took for it, if it was done.
            though_awaited: also while somebody waits, who is not handed the slot by this.
        """

    def refuse(self, job_id: str, refusals: int, hold_until: datetime | None) -> None:
        """End the lease of a job that the provider refused for the account's sake: from now on one at a time is tried.

        Args:
            job_id: the job.
            refusals: the rounds in a row in which the provider took nobody.
            hold_until: nobody is sent until then, or until a later moment that is known.
        """

    def accept(self) -> None:
        """The provider has taken a job: all may be sent again, unless the queue is held back for another reason."""

    def hold(self, job_id: str, until: datetime, held_for: HoldReason) -> None:
        """End a job's lease; nobody is sent until then for this reason, or until a later moment that is known."""

    def mark(self, now: datetime) -> None:
        """Note that somebody waits: from now on nobody passes."""

    def lift_hold(self, state: AdmissionState) -> None:
        """Send on, unless somebody holds back anew since that state was read."""

    def unmark(self, state: AdmissionState) -> None:
        """Nobody waits any more, unless somebody has begun to since that state was read."""


class Queue(Protocol):
    """The jobs that wait for a slot, in order."""

    def number(self, owner: str, virtual_time: int, now: datetime) -> int:
        """The number of the owner's next job, each given once (`rules.queue.next_number`)."""

    def take_back(self, owner: str, number: int) -> None:
        """The owner's job with this number left the queue without a slot (`rules.queue.numbers_without`)."""

    def first(self, limit: int) -> list[Waiting]:
        """Those who are next, at most `limit`; may lag behind."""

    def ahead(self, waiting: Waiting) -> int | None:
        """About how many are before one; None if that is too long to be told."""


class Slots(Protocol):
    """A number of slots, leased by job id."""

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Lease a slot for a job, or prolong the one it has. Whether there was one."""

    def give_back(self, job_id: str) -> bool:
        """End a job's lease. Whether it had one."""


class OwnerSlots(Protocol):
    """How many callbacks of one owner may be tried at once."""

    def of(self, owner: str) -> Slots:
        """The slots of an owner, leased by job id."""
