"""Erase a job: its media here, what is personal on its item, and, best effort, the provider's copies."""

from collections.abc import Callable
from datetime import datetime

from faceswap.provider.modelslab.client import ProviderClient
from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Job, ProviderDeletion
from faceswap.rules.media import UPLOAD_PREFIX, results_prefix
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from faceswap.store.uploads import UploadStore
from faceswap.usecases.cancel_job import cancel_job
from faceswap.usecases.read_job import read_job


class JobEraser:
    """Erases jobs. Dying half way leaves a job that can be deleted again; the item is stripped last."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        uploads: UploadStore,
        bucket: MediaStore,
        executions: ExecutionStore,
        provider: ProviderClient,
        provider_key: Callable[[], str],
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._bucket = bucket
        self._executions = executions
        self._provider = provider
        self._provider_key = provider_key

    def erase(self, job_id: str, owner: str, *, now: datetime) -> None:
        """Cancel the caller's job if needed, then erase it.

        Raises:
            NotFoundError: there is none, it is somebody else's, or it was deleted before.
            ConflictError: it keeps moving under our hands; nothing is half erased that cannot be erased again.
        """
        job = read_job(job_id, owner, jobs=self._jobs)
        if not job.is_final:
            job = cancel_job(job_id, owner, jobs=self._jobs, executions=self._executions, now=now)
        self._bucket.delete_below(results_prefix(owner, job_id))
        for media in job.media.values():
            upload_id = media.source.removeprefix(UPLOAD_PREFIX)
            if media.key and self._uploads.remove_user(upload_id, job_id):
                self._bucket.delete(media.key)
        if self._jobs.erase(job, now, self._ask_provider(job)) is None:
            raise ConflictError("The job is changing at this moment. Try again.")

    def _ask_provider(self, job: Job) -> ProviderDeletion | None:
        if job.request_id is None:
            return "nothing there" if job.submitted_at is None else None
        return "done" if self._provider.delete(self._provider_key(), job.request_id) else "refused"
