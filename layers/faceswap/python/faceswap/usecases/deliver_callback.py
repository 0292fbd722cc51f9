"""Deliver a callback: one try at a time, each counted before it is made."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from faceswap.ports import CallbackQueue, Deliveries, Jobs, OwnerSlots
from faceswap.rules.callbacks import (
    LONGEST_TRY,
    LONGEST_WAIT,
    Answer,
    CallbackMessage,
    Delivery,
    Outcome,
    Try,
    deferral,
    outcome,
)
from faceswap.rules.job import Callback, Job

Send = Callable[[Job, CallbackMessage], Answer]
"""Tells of one job's end in one way; raises nothing that another try may mend."""


class DeliverCallback:
    """Delivers callbacks, by the way that each job names.

    `told` is told what came of each try. `schedule` are the seconds from each try to the next.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        deliveries: Deliveries,
        slots: OwnerSlots,
        queue: CallbackQueue,
        ways: Mapping[Callback, Send],
        told: Callable[[Outcome], object],
        schedule: Sequence[int],
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._deliveries = deliveries
        self._slots = slots
        self._queue = queue
        self._ways = ways
        self._told = told
        self._schedule = schedule
        self._clock = clock
        self._random = random

    def run(self, message: CallbackMessage, receives: int) -> int | None:
        """Make the try that is due by a message.

        Args:
            message: of the queue of callbacks.
            receives: how often it was received, this time among them.

        Returns:
            Seconds after which the message has to come again; None if it is done with.
        """
        slots = self._slots.of(message.owner)
        now = self._clock()
        if not slots.take(message.job_id, now, now + LONGEST_TRY):
            return deferral(receives, self._random())
        try:
            return self._try(message)
        finally:
            slots.give_back(message.job_id)

    def _try(self, message: CallbackMessage) -> int | None:
        now = self._clock()
        delivery, is_ours = self._deliveries.begin(message, now, now + LONGEST_TRY)
        if not is_ours or delivery is None:
            return _until(delivery, message, now)
        job = self._jobs.get(message.job_id)
        way = self._ways.get(job.callback) if job and job.is_final else None
        if job is None or job.erased_at or way is None:
            self._deliveries.delete(message.job_id)
            return None
        if delivery.tries > len(self._schedule) + 1:
            # The last try died before it was noted.
            answer = Answer(seconds=0, trouble="the last try broke off")
        else:
            answer = way(job, message)
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
        return then.wait


def _until(delivery: Delivery | None, message: CallbackMessage, now: datetime) -> int | None:
    """After how many seconds a message that begins no try has to come again; None if there is nothing to be tried."""
    if delivery is None or (delivery.status != "pending" and not message.again):
        return None
    moments = [moment for moment in (delivery.busy_until, delivery.next_at) if moment]
    if not moments or (message.again and not delivery.busy_until):
        return 1
    moment = delivery.busy_until if message.again else max(moments)
    seconds = (moment - now).total_seconds() if moment else 1.0
    return max(1, min(math.ceil(seconds), LONGEST_WAIT))
