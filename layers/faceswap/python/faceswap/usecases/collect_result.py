"""The Collect task: find out what became of a job, and end it when it is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from faceswap.provider.modelslab.client import ProviderClient
from faceswap.rules import patience
from faceswap.rules.job import OVERDUE, ErrorType, Failure, Job
from faceswap.rules.reply import Reply
from faceswap.rules.schedule import Looks, next_look
from faceswap.store.jobs import JobStore, RefusedContentError
from faceswap.usecases.archive_result import ResultArchive, UnusableResultError
from faceswap.usecases.room import Room

_OVERDUE_DETAILS: dict[ErrorType, str] = {
    "upload-missing": "An upload did not arrive in time.",
    "queue-timeout": "The provider had no room in time.",
    "submission-unknown": "The provider's answer to the request was lost, and no message came in time.",
    "provider-timeout": "The provider accepted the job and did not finish in time.",
}


_PROVIDER_IS_DONE: set[ErrorType] = {
    "provider-failed",
    "provider-rejected",
    "input-invalid",
    "result-unusable",
}
"""Failed jobs whose slot is free: the provider was seen to be done with them, or never began."""


class Turn(BaseModel):
    """What the state machine does next; `look_after` in seconds, for `wait`."""

    next: Literal["wait", "submit", "done"]
    look_after: int
    seen: int


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a result lies and what the provider told with it."""

    urls: tuple[str, ...]
    generation_time: float | None


class ResultCollector:
    """Collects results.

    `refused` is told of answers that say that the key does not count or that the provider is elsewhere, `finished` of
    each job that ended while it was looked at here, once, unless the process dies before.
    """

    def __init__(
        self,
        *,
        jobs: JobStore,
        archive: ResultArchive,
        provider: ProviderClient,
        provider_key: Callable[[], str],
        refused: Callable[[Reply], object],
        job_deadline_seconds: int,
        input_url_seconds: int,
        room: Room,
        looks: Looks,
        finished: Callable[[Job], None],
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._archive = archive
        self._provider = provider
        self._provider_key = provider_key
        self._refused = refused
        self._job_deadline = timedelta(seconds=job_deadline_seconds)
        self._input_url_time = timedelta(seconds=input_url_seconds)
        self._room = room
        self._looks = looks
        self._finished = finished
        self._clock = clock
        self._random = random

    def collect(self, job_id: str) -> Turn:
        """Look at a job once.

        Whatever another one changes meanwhile is found at the next look: every write here names the
        status and version that were read.
        """
        job = self._jobs.get(job_id)
        if job is None:
            return Turn(next="done", look_after=1, seen=-1)
        seen, was_final = job.signal, job.is_final
        try:
            job = self._proceed(job)
        except Exception:
            given_up = self._count_failure(job_id)
            if given_up is None:
                raise
            job = given_up
        if job.is_final and not was_final:
            self._finished(job)
        return self._turn(job, seen)

    def _proceed(self, job: Job) -> Job:
        """Do what the job's status asks for, and clean up after it once it is final."""
        if job.status == "submitting":
            job = self._find_id(job)
        if job.status == "processing":
            job = self._look(job)
        elif self._is_overdue(job):
            job = self._end_overdue(job)
        if job.status == "succeeded" or (job.error and job.error.type in _PROVIDER_IS_DONE):
            self._room.leave(job)
        if job.is_final and job.submitted_at:
            self._archive.forget_all_but_the_result(job)
        return job

    def _count_failure(self, job_id: str) -> Job | None:
        """Count that this task raised. The job if that happened for too long: ended by it, and without copies.

        None if the error is to be raised, so that the task is tried again.
        """
        now = self._clock()
        job = self._jobs.get(job_id)
        if job is None or job.is_final:
            return job if job and patience.cleaning_is_hopeless(job, now) else None
        counted = self._jobs.note(
            job,
            collect_failures=job.collect_failures + 1,
            collect_failing_since=job.collect_failing_since or now,
        )
        if counted is None or not patience.collect_is_hopeless(counted, now, self._job_deadline):
            return None
        ended = self._fail(counted, "internal", "The result could not be collected.")
        self._archive.forget_all_but_the_result(ended)
        return ended

    def _turn(self, job: Job, seen: int) -> Turn:
        if job.is_final:
            return Turn(next="done", look_after=1, seen=seen)
        now = self._clock()
        waits = job.submit_after is not None and job.submit_after > now
        to_submit = job.status in {"awaiting_upload", "queued"} and not waits
        look_after = next_look(job, now, self._looks, self._random())
        return Turn(next="submit" if to_submit else "wait", look_after=look_after, seen=seen)

    def _find_id(self, job: Job) -> Job:
        """After an ambiguous submit: take the provider's id from a message, ask nothing without one."""
        if job.told_id is None:
            return job
        now = self._clock()
        moved = self._jobs.move(
            job,
            "processing",
            now,
            request_id=job.told_id,
            accepted_at=now,
            deadline_at=now + self._job_deadline,
        )
        return moved or self._as_it_is(job)

    def _look(self, job: Job) -> Job:
        """Ask the provider, and act on what it says."""
        told = job.evidence_succeeded
        at_once = job.evidence_immediate
        if at_once:
            return self._copy(job, _Source(at_once.urls, at_once.generation_time))
        if job.request_id is None:
            return self._end_overdue(job) if self._is_overdue(job) else job
        reply = self._provider.fetch(self._provider_key(), job.request_id)
        if reply.remedy in {"replace_key", "update_address"}:
            self._refused(reply)
        now = self._clock()
        if reply.outcome == "succeeded":
            heard = told.generation_time if told else None
            return self._copy(job, _Source(reply.urls, reply.generation_time or heard))
        if reply.outcome == "failed" or (
            reply.outcome == "missing" and not told and patience.missing_is_final(job, now)
        ):
            return self._fail_as_told(job, reply, now)
        job = self._count_poll(job, reply, now)
        if job.is_final:
            return job
        hopeless = patience.fetch_is_hopeless(job, now, self._job_deadline)
        if reply.outcome != "pending" and hopeless and told and told.urls:
            return self._copy(job, _Source(told.urls, told.generation_time))
        return self._end_overdue(job) if self._is_overdue(job) else job

    def _fail_as_told(self, job: Job, reply: Reply, now: datetime) -> Job:
        """The provider says that it did not make the video; perhaps since a link of ours had ended by then."""
        sent = job.submitted_at if any(media.key for media in job.media.values()) else None
        kind: ErrorType = "provider-failed"
        detail = "The provider did not make the video."
        if reply.remedy == "reject_input" and sent and now >= sent + self._input_url_time:
            kind = "input-expired"
            detail = "The provider could not read an upload while the link to it lasted."
        return self._fail(job, kind, detail, reply.text)

    def _copy(self, job: Job, source: _Source) -> Job:
        """Archive the result and make the final write; a copy that loses it is deleted.

        If the write's outcome is not known, the copy stays: the job may refer to it. Once the job is final,
        `collect` deletes what it does not refer to.
        """
        try:
            result = self._archive.store(job, source.urls)
        except UnusableResultError as error:
            return self._count_failed_copy(job, str(error))
        try:
            done = self._jobs.move(
                job,
                "succeeded",
                self._clock(),
                result=result,
                generation_time=source.generation_time,
                media=job.final_media,
            )
        except RefusedContentError:
            self._archive.forget(result)
            raise
        if done is None:
            self._archive.forget(result)
            return self._as_it_is(job)
        return done

    def _count_failed_copy(self, job: Job, reason: str) -> Job:
        now = self._clock()
        counted = self._jobs.note(
            job,
            archive_failures=job.archive_failures + 1,
            archive_failing_since=job.archive_failing_since or now,
        )
        job = counted or self._as_it_is(job)
        if not job.is_final and (patience.copy_is_hopeless(job, now) or self._is_overdue(job)):
            return self._fail(job, "result-unusable", f"No link gave a usable video: {reason}.")
        return job

    def _count_poll(self, job: Job, reply: Reply, now: datetime) -> Job:
        """Keep the books on an answer that decided nothing: what there was to see if none ever does."""
        changes: dict[str, object] = {"polls": job.polls + 1}
        if reply.unread:
            changes |= {"unread_polls": job.unread_polls + 1, "last_unread": reply.unread}
        if reply.outcome in {"unclear", "missing"}:
            since = job.fetch_failing_since or now
            changes |= {
                "fetch_failures": job.fetch_failures + 1,
                "fetch_failing_since": since,
            }
        return self._jobs.note(job, **changes) or self._as_it_is(job)

    def _is_overdue(self, job: Job) -> bool:
        return not job.is_final and self._clock() >= job.deadline_at

    def _end_overdue(self, job: Job) -> Job:
        """The deadline fell. A message that told of a result is not left unused."""
        was_sent = job.status in {"submitting", "processing"}
        told = job.evidence_succeeded if was_sent else None
        failed = job.evidence_failed if was_sent else None
        if told and told.urls:
            return self._copy(job, _Source(told.urls, told.generation_time))
        if failed:
            return self._fail(
                job, "provider-failed", "The provider did not make the video.", failed.text
            )
        kind, detail = OVERDUE[job.status], _OVERDUE_DETAILS[OVERDUE[job.status]]
        if was_sent and job.unread_polls:
            detail += (
                f" {job.unread_polls} of its {job.polls} answers could not be understood;"
                " `upstream` shows the last."
            )
        return self._fail(job, kind, detail, job.last_unread if was_sent else None)

    def _fail(self, job: Job, kind: ErrorType, detail: str, upstream: str | None = None) -> Job:
        failure = Failure(type=kind, detail=detail, upstream=upstream)
        failed = self._jobs.move(job, "failed", self._clock(), error=failure, media=job.final_media)
        return failed or self._as_it_is(job)

    def _as_it_is(self, job: Job) -> Job:
        """The job as somebody else has just changed it."""
        current = self._jobs.get(job.job_id)
        if current is None:
            raise LookupError("the job vanished while it was looked at")
        return current
