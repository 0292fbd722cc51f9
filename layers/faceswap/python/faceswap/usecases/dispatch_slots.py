"""Dispatch: hand free slots at the provider to the jobs that are next in the queue, and wake them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from faceswap.ports.admission import Admission, Queue
from faceswap.ports.jobs import Jobs
from faceswap.rules.job import Job
from faceswap.rules.queue import LONGEST_SUBMIT, AdmissionState, Waiting, in_order
from faceswap.usecases.wake_job import WakeJob

_FEW, _MORE = 20, 200
_MOST_TRIES = 30


class Leaving(NamedTuple):
    """A job whose slot is to be handed on, and how long the provider took for it in seconds, if it was done."""

    job_id: str
    seconds: float | None


class _Next(NamedTuple):
    """Who is next in the queue, and the job as it was read."""

    waiting: Waiting
    job: Job


class DispatchSlots:
    """Hands slots over; none while not `enabled`. A lease ends by itself after the span `lease`.

    `failed` is told of a job that could not be read or woken, while the exception is at hand; the others go on.
    """

    def __init__(
        self,
        *,
        admission: Admission,
        queue: Queue,
        jobs: Jobs,
        wake_job: WakeJob,
        lease: timedelta,
        enabled: bool,
        failed: Callable[[str], object],
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._queue = queue
        self._jobs = jobs
        self._wake_job = wake_job
        self._lease = lease
        self._enabled = enabled
        self._failed = failed
        self._clock = clock

    def run(
        self, *, candidate: Waiting | None = None, leaving: Leaving | None = None
    ) -> frozenset[str]:
        """Hand over what is free, and the slot of who leaves.

        It runs when a slot is given back and when a job has begun to wait, so that neither can miss the other. If it
        dies between a hand-over and the wake-up, the next one finds that. Who has woken often enough is not woken
        again (`Job.may_be_woken`): when it is next, the others wait with it for the next scheduled dispatch (`next`).

        Args:
            candidate: a job that waits, whether or not the index shows it yet; it is awake.
            leaving: a job whose slot goes to who is next, in one write; nobody's slot if nobody waits.

        Returns:
            The jobs that were handed a slot.
        """
        handed: set[str] = set()
        for _ in range(_MOST_TRIES):
            now, state = self._clock(), self._admission.state()
            if self._mend(state, now):
                continue
            if candidate and candidate.job_id in state.leases:
                handed.add(candidate.job_id)
            if leaving and leaving.job_id not in state.leases:
                leaving = None
            following = self._first(state, candidate, now)
            free = self._free(state, leaving, now)
            if following is None or free <= 0 or not _may_be_woken(following, candidate):
                self._let_go(state, leaving, following, now)
                return frozenset(handed)
            first = following.waiting
            if self._hand_over(first, state, leaving, now):
                leaving = None
                handed.add(first.job_id)
                is_taken_back = first != candidate and self._wake_handed(first.job_id)
                if free == 1 and not is_taken_back and (candidate is None or first == candidate):
                    break
        else:
            # Others were faster each time: they saw who waits, too, but not who leaves.
            if leaving:
                self._admission.give_back(leaving.job_id, leaving.seconds, though_awaited=True)
        return frozenset(handed)

    def next(self) -> Job | None:
        """Hand one slot to who is next, and let him sleep: the caller works for him.

        If the caller dies before that, the next dispatch wakes him.

        Returns:
            The job as it was read; None if nobody may be sent.
        """
        for _ in range(_MOST_TRIES):
            now, state = self._clock(), self._admission.state()
            if self._mend(state, now):
                continue
            following = self._first(state, None, now)
            if following is None or self._free(state, None, now) <= 0:
                self._let_go(state, None, following, now)
                return None
            if self._hand_over(following.waiting, state, None, now):
                return following.job
        return None

    def _let_go(
        self, state: AdmissionState, leaving: Leaving | None, first: _Next | None, now: datetime
    ) -> None:
        """Nobody is handed anything: whoever leaves gives his slot back, and newcomers may come if nobody waits.

        Somebody who waits unknown to the others, as the index showed him too late, is known from now on.
        """
        if leaving:
            self._admission.give_back(leaving.job_id, leaving.seconds, though_awaited=True)
        if first and state.waiting_at is None:
            self._admission.mark(now)
        if first is None and state.is_unmarked(now) and not self._queue.first(1):
            self._admission.unmark(state)

    def _free(self, state: AdmissionState, leaving: Leaving | None, now: datetime) -> int:
        """How many slots may be handed over."""
        if not self._enabled or state.is_held(now):
            return 0
        free = state.free(self._admission.size, now) + (leaving is not None)
        return state.may_be_tried(free, now, leaving.job_id if leaving else None)

    def _first(
        self, state: AdmissionState, candidate: Waiting | None, now: datetime
    ) -> _Next | None:
        """Who is next and does wait: the index may still show others. Who was refused last is not tried again first."""
        refused: _Next | None = None
        read: set[Waiting] = {candidate} if candidate else set()
        seen: set[Waiting] = set()
        for limit in (_FEW, _MORE + len(state.leases)):
            read.update(self._queue.first(limit))
            for waiting in in_order(read - seen):
                job = None if waiting.job_id in state.leases else self._waits(waiting, now)
                if job is None:
                    continue
                if waiting.job_id != state.refused:
                    return _Next(waiting, job)
                refused = _Next(waiting, job)
            if len(read) < limit:
                break
            seen |= read
        return refused

    def _waits(self, waiting: Waiting, now: datetime) -> Job | None:
        """The job, if it waits in this place and may be sent by now."""
        try:
            job = self._jobs.get(waiting.job_id)
        except (
            ValueError
        ):  # an item that cannot be read must not hold up the others; the sweep tells of it
            return None
        is_there = job and job.status == "queued" and job.queue_tag == waiting.tag
        return job if job and is_there and (job.submit_after or now) <= now else None

    def _hand_over(
        self, to: Waiting, state: AdmissionState, leaving: Leaving | None, now: datetime
    ) -> bool:
        return self._admission.hand_over(
            to,
            state,
            now,
            now + self._lease,
            leaving=leaving.job_id if leaving else None,
            seconds=leaving.seconds if leaving else None,
        )

    def _mend(self, state: AdmissionState, now: datetime) -> bool:
        """End leases that are over, and look after those who have not taken up theirs. Whether a slot got free."""
        for job_id in state.over(now):
            self._admission.give_back(job_id, though_awaited=True)
        is_taken_back = [self._wake_late(job_id, now) for job_id in state.late(now)]
        return bool(state.over(now)) or any(is_taken_back)

    def _wake_handed(self, job_id: str) -> bool:
        """Wake one who was handed a slot. Who cannot be woken is late soon, and woken then. Returns as `_wake` does."""
        try:
            return self._wake(job_id)
        except Exception:  # the others are handed theirs all the same
            self._failed(job_id)
            return False

    def _wake_late(self, job_id: str, now: datetime) -> bool:
        """Wake one who is late, unless somebody is sending his job while he sleeps. Returns as `_wake` does."""
        try:
            job = self._jobs.get(job_id)
            if job and _is_being_sent(job, now):
                return False
            return self._wake(job_id)
        except Exception:  # one broken job must not hold up the others
            self._failed(job_id)
            return False

    def _wake(self, job_id: str) -> bool:
        """Let a job take up what it was handed. Whether the slot was taken back, as the job is over and was never sent.

        One that is over and was sent gives its slot back when the provider is done. One that was sent, by somebody who
        died over it, has taken its slot up by that.
        """
        job = self._wake_job.run(job_id)
        if job and job.submitted_at and not job.closed_at:
            self._admission.take_up(job_id)
        needs_none = job is None or (job.is_final and job.submitted_at is None)
        if needs_none:
            self._admission.give_back(job_id, though_awaited=True)
        return needs_none


def _is_being_sent(job: Job, now: datetime) -> bool:
    """Whether the provider's answer may be still to come."""
    since = job.submitted_at if job.status == "submitting" else None
    return since is not None and now - since < LONGEST_SUBMIT


def _may_be_woken(following: _Next, candidate: Waiting | None) -> bool:
    """Whether who is next is awake, or may be woken."""
    return following.waiting == candidate or following.job.may_be_woken
