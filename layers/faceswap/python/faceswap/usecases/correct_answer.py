"""The newest writing of a manifest has the last word in the outbox, whoever wrote there last."""

from faceswap.ports.inbox import Inbox
from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket
from faceswap.rules.inbox import Manifest, ordered
from faceswap.rules.job import Job


class CorrectAnswer:
    """Runs after each answer: a manifest that was written anew meanwhile may have been answered already."""

    def __init__(self, *, jobs: Jobs, inbox: Inbox, media: MediaBucket) -> None:
        self._jobs = jobs
        self._inbox = inbox
        self._media = media

    def run(self, answered: Manifest, job_id: str | None) -> Job | None:
        """Write the newest refusal again, if one came since; who dies before that leaves the older answer.

        Args:
            answered: the writing whose answer lies there now.
            job_id: the job that it is about, if it is about one.

        Returns:
            The job of a newer writing that is over, and has to be told of again; None if there is nothing to do.
        """
        newest = self._inbox.newest(answered.key)
        if newest is None or ordered(newest.manifest.sequencer) <= ordered(answered.sequencer):
            return None
        if newest.refusal:
            self._media.put(answered.answer_key, newest.refusal.encode(), "application/json")
            self._media.delete(answered.video_key)
        if newest.job_id is None or newest.job_id == job_id:
            return None
        job = self._jobs.get(newest.job_id)
        return job if job and job.is_final and job.erased_at is None else None
