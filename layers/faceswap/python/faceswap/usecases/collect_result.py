"""The Collect task: find out what became of a job, and end it when it is over."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.jobs import Jobs, RefusedContentError
from faceswap.ports.media import MediaBucket
from faceswap.ports.provider import Provider
from faceswap.rules import retry_limits
from faceswap.rules.decisions import (
    CollectLimits,
    Copy,
    Decision,
    Fail,
    Move,
    Note,
    after_failed_collect,
    after_failed_copy,
    after_fetch,
    before_fetch,
    when_unasked,
)
from faceswap.rules.job import Job
from faceswap.rules.next_step import NextStep, wait
from faceswap.rules.reply import Reply
from faceswap.rules.schedule import PollLimits, next_poll
from faceswap.usecases.archive_result import ArchiveResult, UnusableResultError
from faceswap.usecases.drain_job import DrainJob
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.settle_job import SettleJob


class CollectResult:
    """Polls the provider about one job and acts on what it says.

    `refused` is told of answers that say that the key does not count or that the provider is elsewhere.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        media: MediaBucket,
        provider: Provider,
        provider_key: Callable[[], str],
        refused: Callable[[Reply], object],
        archive_result: ArchiveResult,
        end_job: EndJob,
        settle_job: SettleJob,
        drain_job: DrainJob,
        limits: CollectLimits,
        poll_limits: PollLimits,
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._media = media
        self._provider = provider
        self._provider_key = provider_key
        self._refused = refused
        self._archive_result = archive_result
        self._end_job = end_job
        self._settle_job = settle_job
        self._drain_job = drain_job
        self._limits = limits
        self._poll_limits = poll_limits
        self._clock = clock
        self._random = random

    def run(
        self, job_id: str, *, seconds_left: Callable[[], float], after_failure: bool
    ) -> NextStep:
        """Poll once.

        Whatever another one changes meanwhile is found at the next poll: every write here names the
        status and version that were read.

        Args:
            job_id: the job.
            seconds_left: how long copying may take from now on, all links together.
            after_failure: the task before this one raised or died. That is counted before anything is done, so that
                what dies again and again comes to an end.
        """
        job = self._jobs.get(job_id)
        if job is None:
            return NextStep(next="done")
        wakeup_count = job.wakeup_count
        if after_failure:
            job = self._count_failure(job)
        return self._next_step(self._proceed(job, seconds_left, after_failure), wakeup_count)

    def _proceed(self, job: Job, seconds_left: Callable[[], float], after_failure: bool) -> Job:
        """Do what the job's status asks for, and what is left once it is final."""
        if not job.is_final:
            job = self._advance(job, seconds_left)
        if not job.is_final:
            return job
        cleans = not (after_failure and self._is_past_help(job))
        if job.is_draining:
            return self._drain_job.run(job, cleans=cleans) or self._reload(job)
        if cleans:
            self._settle_job.run(job)
        return job

    def _advance(self, job: Job, seconds_left: Callable[[], float]) -> Job:
        if job.status == "submitting" and job.reported_request_id:
            job = self._carry_out(job, self._found(job.reported_request_id), seconds_left)
        decision = (
            self._poll(job) if job.status == "processing" else when_unasked(job, self._clock())
        )
        return self._carry_out(job, decision, seconds_left)

    def _found(self, request_id: str) -> Move:
        """After an ambiguous submit a message has told the provider's id. The deadline, and the lease, run on."""
        fields: dict[str, object] = {"request_id": request_id, "accepted_at": self._clock()}
        return Move("processing", fields)

    def _poll(self, job: Job) -> Decision:
        """What is to be done about a job at the provider, which is asked if nothing else decides."""
        decided = before_fetch(job, self._clock())
        if decided is not None:
            return decided
        reply = self._provider.fetch(self._provider_key(), job.request_id or "")
        if reply.remedy in {"replace_key", "update_address"}:
            self._refused(reply)
        return after_fetch(job, reply, self._clock(), self._limits)

    def _carry_out(self, job: Job, decision: Decision, seconds_left: Callable[[], float]) -> Job:
        """The job after that; as somebody else has just changed it, if that came first."""
        match decision:
            case Copy():
                return self._copy(job, decision, seconds_left)
            case Fail(failure):
                return self._end_job.run(job, "failed", failure=failure) or self._reload(job)
            case Move(to, fields, wake=wake):
                moved = self._jobs.move(
                    job, to, self._clock(), wake=wake, unless_woken=False, **fields
                )
                return moved or self._reload(job)
            case Note(fields, then):
                noted = self._jobs.note(job, **fields)
                return self._carry_out(noted, then, seconds_left) if noted else self._reload(job)
            case _:
                return job

    def _copy(self, job: Job, copy: Copy, seconds_left: Callable[[], float]) -> Job:
        """Archive the result and make the final write; a copy that loses it is deleted.

        If the write's outcome is not known, the copy stays: the job may refer to it. Once the job is final,
        what it does not refer to is deleted.
        """
        try:
            result = self._archive_result.run(job, copy.urls, seconds_left)
        except UnusableResultError as error:
            failed = after_failed_copy(job, str(error), copy.hosts, self._clock())
            return self._carry_out(job, failed, seconds_left)
        try:
            done = self._end_job.run(
                job, "succeeded", result=result, generation_time=copy.generation_time
            )
        except RefusedContentError:
            self._media.delete(result.key)
            raise
        if done is None:
            self._media.delete(result.key)
            return self._reload(job)
        return done

    def _count_failure(self, job: Job) -> Job:
        """The job with one more failure; ended if there were too many since a poll was last written down.

        A job that is not at the provider is left alone: only its deadlines end it.
        """
        if job.status not in {"submitting", "processing"}:
            return job
        counted = after_failed_collect(job, self._clock(), self._limits)
        return self._carry_out(job, counted, lambda: 0.0)

    def _is_past_help(self, job: Job) -> bool:
        """Whether what is left of a final job has failed for so long that the lease's end and the lifecycle do it."""
        now = self._clock()
        return retry_limits.cleaning_is_hopeless(job, now) and now >= job.deadline_at

    def _next_step(self, job: Job, wakeup_count: int) -> NextStep:
        if job.is_final and not job.is_draining:
            return NextStep(next="done")
        now = self._clock()
        waits = job.submit_after is not None and job.submit_after > now
        to_submit = job.status in {"awaiting_upload", "queued"} and not waits
        poll_after = next_poll(job, now, self._poll_limits, self._random())
        return (
            NextStep(next="submit")
            if to_submit
            else wait(poll_after, wakeup_count, now, job.due_at)
        )

    def _reload(self, job: Job) -> Job:
        """The job as somebody else has just changed it."""
        current = self._jobs.get(job.job_id)
        if current is None:
            raise LookupError("the job vanished while it was collected")
        return current
