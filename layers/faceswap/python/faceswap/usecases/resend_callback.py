"""Send the callback of one of the caller's jobs again, once."""

from faceswap.ports import CallbackQueue
from faceswap.rules.callbacks import CallbackMessage
from faceswap.rules.errors import ConflictError
from faceswap.usecases.read_job import ReadJob


class ResendCallback:
    """Sends callbacks again, beside their schedule."""

    def __init__(self, *, read_job: ReadJob, queue: CallbackQueue) -> None:
        self._read_job = read_job
        self._queue = queue

    def run(self, job_id: str, owner: str, public_base_url: str) -> None:
        """Let one more try be made, under the same `webhook-id`.

        Raises:
            NotFoundError: there is no such job, or it is not the owner's.
            ConflictError: the job is not final, or names no callback.
        """
        job = self._read_job.run(job_id, owner)
        if not job.has_callback:
            raise ConflictError("The job names no callback.")
        if not job.is_final:
            raise ConflictError("The job is not over yet; its callback is sent when it is.")
        message = CallbackMessage(
            job_id=job_id,
            owner=owner,
            version=job.version,
            public_base_url=public_base_url,
            again=True,
        )
        self._queue.send([message])
