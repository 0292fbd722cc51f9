"""What has become of the callback of one of the caller's jobs."""

from faceswap.contract.callbacks import CallbackView, callback_view
from faceswap.ports.callbacks import Deliveries
from faceswap.usecases.read_job import ReadJob


class ReadCallback:
    """Reads callbacks."""

    def __init__(self, *, read_job: ReadJob, deliveries: Deliveries) -> None:
        self._read_job = read_job
        self._deliveries = deliveries

    def run(self, job_id: str, owner: str) -> CallbackView:
        """Each of the last tries, and when the next comes.

        Raises:
            NotFoundError: there is no such job, or it is not the owner's.
        """
        job = self._read_job.run(job_id, owner)
        is_tried = job.has_callback and job.is_final
        return callback_view(job, self._deliveries.get(job_id) if is_tried else None)
