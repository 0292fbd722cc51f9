"""Answer a manifest in the outbox once its job is final: the video first, then the answer."""

from collections.abc import Callable

from faceswap.contract.inbox import answer_of
from faceswap.contract.jobs import view_of
from faceswap.ports.inbox import Inbox
from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket
from faceswap.rules.inbox import Manifest
from faceswap.rules.job import Job
from faceswap.rules.links import result_token, result_url
from faceswap.usecases.correct_answer import CorrectAnswer


class AnswerManifest:
    """Writes answers; results are linked by tokens of `link_secret`. `superseded` is told of what stays unanswered."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        inbox: Inbox,
        media: MediaBucket,
        correct_answer: CorrectAnswer,
        link_secret: Callable[[], str],
        superseded: Callable[[], object],
    ) -> None:
        self._jobs = jobs
        self._inbox = inbox
        self._media = media
        self._correct_answer = correct_answer
        self._link_secret = link_secret
        self._superseded = superseded

    def run(self, job: Job, public_base_url: str) -> None:
        """Answer the manifest of a final job. Doing it again changes nothing.

        A manifest that was written anew since, and is about another job now, is answered for that one only. What is
        written for a job that is erased meanwhile is deleted again. No video of an older writing stays.
        """
        if job.manifest is None or not job.manifest.can_be_answered:
            return
        manifest = self._inbox.current(job.manifest, job.job_id)
        if manifest is None:
            self._superseded()
            return
        if job.result:
            # One that has expired is not there to be copied: the answer says what it can.
            self._media.copy(job.result.key, manifest.video_key)
        else:
            self._media.delete(manifest.video_key)
        view = view_of(job, lambda job_id: self._link(public_base_url, job_id))
        self._media.put(manifest.answer_key, answer_of(manifest, view), "application/json")
        current = self._jobs.get(job.job_id)
        if current is None or current.erased_at:
            self._delete(manifest)
        newer = self._correct_answer.run(manifest, job.job_id)
        if newer:
            self.run(newer, public_base_url)

    def _link(self, public_base_url: str, job_id: str) -> str:
        return result_url(public_base_url, job_id, result_token(self._link_secret(), job_id))

    def _delete(self, manifest: Manifest) -> None:
        for key in (manifest.answer_key, manifest.video_key):
            self._media.delete(key)
