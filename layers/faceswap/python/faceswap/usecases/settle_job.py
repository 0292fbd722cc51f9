"""Clean up after a final job: its slot, and copies of a result that it does not name."""

from faceswap.ports import MediaBucket
from faceswap.rules.job import ErrorType, Job
from faceswap.rules.media import results_prefix
from faceswap.usecases.release_slot import ReleaseSlot

_PROVIDER_IS_DONE: set[ErrorType] = {
    "input-expired",
    "input-invalid",
    "provider-failed",
    "provider-rejected",
    "result-unusable",
}
"""Failed jobs whose slot is free: the provider was seen to be done with them, or never began."""


class SettleJob:
    """Settles final jobs; may be repeated."""

    def __init__(self, *, release_slot: ReleaseSlot, media: MediaBucket) -> None:
        self._release_slot = release_slot
        self._media = media

    def run(self, job: Job) -> None:
        """Free the slot if the provider is done with the job; delete copies whose maker died or came too late."""
        if job.status == "succeeded" or (job.error and job.error.type in _PROVIDER_IS_DONE):
            self._release_slot.run(job)
        if job.submitted_at:
            kept = job.result.key if job.result else None
            self._media.delete_below(results_prefix(job.owner, job.job_id), keep=kept)
