"""Deliver a callback: one try at a time, each counted before it is made."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from faceswap.ports.admission import OwnerSlots, Slots
from faceswap.ports.callbacks import CallbackQueue, Deliveries, SlowReceivers
from faceswap.ports.jobs import Jobs
from faceswap.rules.addresses import without_query
from faceswap.rules.callbacks import (
    BROKE_OFF,
    LONGEST_TRY,
    LONGEST_WAIT,
    SLOW_FOR,
    Answer,
    CallbackMessage,
    Delivery,
    DeliveryStatus,
    Outcome,
    Try,
    deferral,
    outcome,
)
from faceswap.rules.job import Callback, Job

_OVER: frozenset[DeliveryStatus] = frozenset({"delivered", "gone"})
Send = Callable[[Job, CallbackMessage], Answer]
"""Tells of one job's end in one way; raises nothing that another try may mend."""


class DeliverCallback:
    """Delivers callbacks, by the way that each job names.

    `told` is told what came of each try. `schedule` are the seconds from each try to the next. `new_token` gives the
    text that tells one try's lease from another's.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        deliveries: Deliveries,
        slots: OwnerSlots,
        receivers: SlowReceivers,
        queue: CallbackQueue,
        ways: Mapping[Callback, Send],
        told: Callable[[Outcome], object],
        schedule: Sequence[int],
        clock: Callable[[], datetime],
        random: Callable[[], float],
        new_token: Callable[[], str],
    ) -> None:
        self._jobs = jobs
        self._deliveries = deliveries
        self._slots = slots
        self._receivers = receivers
        self._queue = queue
        self._ways = ways
        self._told = told
        self._schedule = schedule
        self._clock = clock
        self._random = random
        self._new_token = new_token

    def run(self, message: CallbackMessage, receives: int) -> int | None:
        """Make the try that is due by a message.

        Args:
            message: of the queue of callbacks.
            receives: how often it was received, this time among them.

        Returns:
            Seconds after which the message has to come again; None if it is done with.
        """
        return self._leased(
            self._slots.of(message.owner), message, receives, lambda: self._look(message, receives)
        )

    def _leased(
        self, slots: Slots, message: CallbackMessage, receives: int, go_on: Callable[[], int | None]
    ) -> int | None:
        """Go on with a slot; without one, later. A job may have several messages: each has a lease of its own."""
        lease, now = f"{message.job_id}_{self._new_token()}", self._clock()
        if not slots.take(lease, now, now + LONGEST_TRY):
            return deferral(receives, self._random())
        try:
            return go_on()
        finally:
            slots.give_back(lease)

    def _look(self, message: CallbackMessage, receives: int) -> int | None:
        """Find out by what way, and whether its receiver takes few at once."""
        if not message.public_base_url:
            known = self._deliveries.get(message.job_id)
            if known is None or not known.public_base_url:
                # The message that has the address is still to come, and tells.
                return None
            address = {"public_base_url": known.public_base_url}
            message = message.model_copy(update=address)
        job = self._jobs.get(message.job_id)
        way = self._ways.get(job.callback) if job and job.is_final else None
        if job is None or job.erased_at or way is None:
            self._deliveries.delete(message.job_id)
            return None
        receiver = _receiver(job)
        slots = self._receivers.of(receiver, self._clock()) if receiver else None
        if slots is None:
            return self._try(message, job, way)
        return self._leased(slots, message, receives, lambda: self._try(message, job, way))

    def _try(self, message: CallbackMessage, job: Job, way: Send) -> int | None:
        now = self._clock()
        delivery, is_ours = self._deliveries.begin(message, now, now + LONGEST_TRY)
        if not is_ours or delivery is None:
            self._cut(delivery)
            return _until(delivery, message, now)
        if delivery.tries > len(self._schedule) + 1:
            # The last try died before it was noted.
            answer = Answer(seconds=0, trouble=BROKE_OFF)
        else:
            posts_only = delivery.has_posted and not message.again
            answer = way(job, message.model_copy(update={"posts_only": posts_only}))
            receiver = _receiver(job)
            if answer.is_slow and receiver:
                self._receivers.note_late(receiver, self._clock() + SLOW_FOR)
        return self._finish(message, delivery, answer, now)

    def _finish(
        self, message: CallbackMessage, delivery: Delivery, answer: Answer, began: datetime
    ) -> int | None:
        then = outcome(answer, delivery.tries, self._schedule, self._random())
        if message.again and not (answer.is_taken or answer.is_last_word):
            then = Outcome(delivery.status)
        elif then.status == "exhausted":
            # First: who dies between the two buries it twice, and loses nothing.
            self._queue.bury(message)
        tried = Try(
            at=began,
            seconds=round(answer.seconds, 3),
            http_status=answer.http_status,
            trouble=answer.trouble,
            answer=answer.text,
        )
        now = self._clock()
        self._deliveries.finish(delivery, tried, then, now + timedelta(seconds=then.wait or 0))
        self._told(then)
        current = self._jobs.get(message.job_id)
        if current is None or current.erased_at:
            # Erased while the try was under way: nothing of it is kept.
            self._deliveries.delete(message.job_id)
            return None
        if then.status in _OVER:
            self._jobs.cut_callback(current)
        return then.wait

    def _cut(self, delivery: Delivery | None) -> None:
        """Whoever noted the end of a delivery may have died before he cut the address."""
        job = self._jobs.get(delivery.job_id) if delivery and delivery.status in _OVER else None
        if job:
            self._jobs.cut_callback(job)


def _receiver(job: Job) -> str | None:
    """Where the job's end is posted, as far as others may post there, too; None if it is posted nowhere."""
    return without_query(job.callback_url) if job.callback_url else None


def _until(delivery: Delivery | None, message: CallbackMessage, now: datetime) -> int | None:
    """After how many seconds a message that begins no try has to come again; None if there is nothing to be tried."""
    if delivery is None:
        return None
    is_to_recover = message.recovers is not None and message.recovers == delivery.given_up_at
    if delivery.status != "pending" and not message.again and not is_to_recover:
        return None
    moments = [moment for moment in (delivery.busy_until, delivery.next_at) if moment]
    if not moments or (message.again and not delivery.busy_until):
        return 1
    moment = delivery.busy_until if message.again else max(moments)
    seconds = (moment - now).total_seconds() if moment else 1.0
    return max(1, min(math.ceil(seconds), LONGEST_WAIT))
