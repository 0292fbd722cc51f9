"""Clean up after a final job: copies of a result that it does not name."""

from faceswap.ports.media import MediaBucket
from faceswap.rules.job import Job
from faceswap.rules.media import results_prefix


class SettleJob:
    """Settles final jobs; may be repeated."""

    def __init__(self, *, media: MediaBucket) -> None:
        self._media = media

    def run(self, job: Job) -> None:
        """Delete copies whose maker died or came too late."""
        if job.submitted_at:
            kept = job.result.key if job.result else None
            self._media.delete_below(results_prefix(job.job_id), keep=kept)
