"""Erase a job: its media here, what is personal on its item, and the provider's copies."""

from collections.abc import Callable
from datetime import datetime

from faceswap.contract.inbox import is_answered
from faceswap.ports.callbacks import Deliveries
from faceswap.ports.executions import Executions
from faceswap.ports.inbox import Inbox
from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket, MultipartUploads
from faceswap.ports.provider import Provider
from faceswap.ports.uploads import Uploads
from faceswap.rules.draining import may_still_be_kept
from faceswap.rules.errors import ConflictError
from faceswap.rules.inbox import Manifest, forms
from faceswap.rules.job import Job, ProviderDeletion
from faceswap.rules.job_media import InboxMedia
from faceswap.rules.media import results_prefix
from faceswap.usecases.cancel_job import CancelJob
from faceswap.usecases.read_job import ReadJob

_TRIES = 5


class DeleteJob:
    """Erases jobs. Dying half way leaves a job that can be deleted again; the item is stripped last.

    What the provider has made it is asked to delete at once if the job is closed; a job that is still draining, or
    whose deletion the provider refused, stays open, and whoever drains it asks.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        uploads: Uploads,
        deliveries: Deliveries,
        inbox: Inbox,
        media: MediaBucket,
        multipart: MultipartUploads,
        provider: Provider,
        provider_key: Callable[[], str],
        read_job: ReadJob,
        cancel_job: CancelJob,
        executions: Executions,
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._deliveries = deliveries
        self._inbox = inbox
        self._media = media
        self._multipart = multipart
        self._provider = provider
        self._provider_key = provider_key
        self._read_job = read_job
        self._cancel_job = cancel_job
        self._executions = executions
        self._clock = clock

    def run(self, job_id: str, owner: str) -> None:
        """Cancel the owner's job if needed, then erase it. A client's own file at a URL is not touched.

        Raises:
            NotFoundError: there is none, it is somebody else's, or it was deleted before.
            ConflictError: it keeps moving under our hands; nothing is half erased that cannot be erased again.
        """
        job = self._read_job.run(job_id, owner)
        if not job.is_final:
            job = self._cancel_job.run(job_id, owner, wake=False)
        self._media.delete_below(results_prefix(job_id))
        for upload in job.uploads.values():
            if self._uploads.remove_user(upload.upload_id, job_id):
                if upload.sent is None:
                    self._multipart.abandon(upload.key)
                self._media.delete(upload.key)
        if job.manifest:
            self._delete_from_inbox(job, job.manifest)
        if job.has_callback:
            self._deliveries.delete(job_id)
        erased = self._erase(job)
        if erased is None:
            raise ConflictError("The job is changing at this moment. Try again.")
        # Whoever was telling of the job meanwhile may not have seen that it is erased.
        if job.manifest:
            self._delete_answer(job, job.manifest, or_nobodys=False)
        if job.has_callback:
            self._deliveries.delete(job_id)
        self._executions.wake(erased.task_token)

    def _delete_from_inbox(self, job: Job, manifest: Manifest) -> None:
        """The manifest, its answer and video, and files that no other job names; not what was written anew since."""
        for media in job.stored.values():
            if isinstance(media, InboxMedia):
                self._delete_file(media, job)
        newest = self._inbox.current(manifest, job.job_id)
        if newest:
            self._media.delete(newest.key, newest.etag)
        self._delete_answer(job, manifest, or_nobodys=newest is not None)
        if newest:
            self._inbox.forget(newest)

    def _delete_answer(self, job: Job, manifest: Manifest, *, or_nobodys: bool) -> None:
        if self._is_answer_of(job, manifest, or_nobodys=or_nobodys):
            self._media.delete(manifest.answer_key)
            self._media.delete(manifest.video_key)

    def _is_answer_of(self, job: Job, manifest: Manifest, *, or_nobodys: bool) -> bool:
        """Whether what lies in the outbox answers this job; a video without an answer is perhaps nobody's."""
        lies_there = self._media.find(manifest.answer_key)
        if lies_there is None:
            return or_nobodys
        content = self._media.read(manifest.answer_key, lies_there.etag, lies_there.size + 1)
        return content is not None and is_answered(content, job.job_id)

    def _delete_file(self, media: InboxMedia, job: Job) -> None:
        """The file that a job named, unless another job names it; not another one whose name only looks the same."""
        named = forms(media.key)
        nobodys = [key for key in named.keys if self._inbox.remove_user(key, job.job_id)]
        is_exact = media.sent is not None or self._media.find(named.exact) is not None
        for key in nobodys:
            if is_exact == (key == named.exact):
                self._delete_unless_anew(key, media, job)

    def _delete_unless_anew(self, key: str, media: InboxMedia, job: Job) -> None:
        """The file that was sent; of a job that was not, what lies there since before its end."""
        if media.sent:
            self._media.delete(key, media.sent.etag)
            return
        written_at = self._media.written_at(key)
        if written_at is None or job.finished_at is None or written_at <= job.finished_at:
            self._media.delete(key)

    def _erase(self, job: Job) -> Job | None:
        """The erased job; None if it keeps moving. A job that was draining may be closed at any moment."""
        for _ in range(_TRIES):
            erased = self._jobs.erase(job, self._clock(), self._ask_provider(job))
            if erased:
                return erased
            current = self._jobs.get(job.job_id)
            if current is None or current.erased_at:
                return current
            job = current
        return None

    def _ask_provider(self, job: Job) -> ProviderDeletion | None:
        """What became of asking a provider that is done with the job; None if it is to be asked later."""
        if job.is_draining:
            return None
        request_id = job.request_id or job.late_request_id
        if request_id is None:
            return "not_applicable"
        if self._provider.delete(self._provider_key(), request_id):
            return "done"
        return None if may_still_be_kept(job, self._clock()) else "refused"
