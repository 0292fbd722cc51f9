"""Send the callback of one of the caller's jobs again, once."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.callbacks import CallbackQueue, Deliveries
from faceswap.rules.callbacks import CallbackMessage
from faceswap.rules.errors import ConflictError
from faceswap.usecases.read_job import ReadJob


class ResendCallback:
    """Sends callbacks again, beside their schedule; whoever asks while one more try is still to come asks in vain."""

    def __init__(
        self,
        *,
        read_job: ReadJob,
        deliveries: Deliveries,
        queue: CallbackQueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._read_job = read_job
        self._deliveries = deliveries
        self._queue = queue
        self._clock = clock

    def run(self, job_id: str, owner: str, public_base_url: str) -> None:
        """Let one more try be made, under the same `webhook-id`.

        Raises:
            NotFoundError: there is no such job, or it is not the owner's.
            ConflictError: the job is not final, names no callback, or one that was taken and has no query any more.
        """
        job = self._read_job.run(job_id, owner)
        if not job.has_callback:
            raise ConflictError("The job names no callback.")
        if not job.is_final:
            raise ConflictError("The job is not over yet; its callback is sent when it is.")
        if job.callback in {"url", "vendor"} and job.callback_is_cut:
            raise ConflictError(
                "The callback was taken, and its address is kept without its query since then."
            )
        message = CallbackMessage(
            job_id=job_id,
            owner=owner,
            version=job.version,
            public_base_url=public_base_url,
            again=True,
        )
        if self._deliveries.ask(message, self._clock()):
            self._queue.send([message])
