"""The Submit task: bring a job to the provider, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from faceswap.provider.modelslab.client import ProviderClient, Submission
from faceswap.rules.job import Deadlines, ErrorType, Evidence, Failure, Job
from faceswap.rules.links import input_token, input_url, webhook_token, webhook_url
from faceswap.rules.media import Purpose, extension_of_key
from faceswap.rules.reply import Reply
from faceswap.rules.schedule import Looks, next_look, submit_wait
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from faceswap.usecases.room import Room

_LEASE_MARGIN = timedelta(minutes=15)


InputLinks = Literal["redirect", "presigned"]
"""How the provider reads uploads: by links of ours that redirect, or by signed ones if it follows no redirects."""


class Sleep(BaseModel):
    """What the state machine does next: look after so many seconds, unless there is more to see than `seen`."""

    look_after: int
    seen: int


NOTHING_THERE = Sleep(look_after=1, seen=-1)
"""For a job that is not on the table: Wait refuses such a `seen`, and Collect then ends the execution."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a submit needs beside the job.

    Our public address, the provider's key, the webhook secret, and who is told when the provider takes no
    jobs at all (for the key, the credit, the plan or the rate) or answers from another address.
    """

    public_base_url: str
    provider_key: Callable[[], str]
    webhook_secret: Callable[[], str]
    refused: Callable[[Reply], None]


class JobSubmitter:
    """Submits jobs."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        bucket: MediaStore,
        provider: ProviderClient,
        deadlines: Deadlines,
        looks: Looks,
        room: Room,
        input_url_seconds: int,
        input_links: InputLinks,
        enabled: bool,
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._bucket = bucket
        self._provider = provider
        self._deadlines = deadlines
        self._looks = looks
        self._room = room
        self._input_url_seconds = input_url_seconds
        self._input_links = input_links
        self._enabled = enabled
        self._clock = clock
        self._random = random

    def submit(self, job_id: str, sender: Sender) -> Sleep:
        """Do what the job needs now. Only a `queued` job is ever sent."""
        job = self._jobs.get(job_id)
        if job is None:
            return NOTHING_THERE
        seen = job.signal
        if job.status == "awaiting_upload" and self._all_landed(job):
            now = self._clock()
            deadline = now + timedelta(seconds=self._deadlines.queue)
            queued = self._jobs.move(job, "queued", now, queued_at=now, deadline_at=deadline)
            job = queued or self._again(job_id)
        if job.status == "queued" and self._may_submit(job):
            job = self._send(job, sender) or self._out_of_the_way(job_id)
        look_after = next_look(job, self._clock(), self._looks, self._random())
        return Sleep(look_after=look_after, seen=seen)

    def _may_submit(self, job: Job) -> bool:
        now = self._clock()
        return (
            self._enabled
            and now < job.deadline_at
            and (job.submit_after is None or job.submit_after <= now)
        )

    def _all_landed(self, job: Job) -> bool:
        return all(self._bucket.find(key) for key in _keys(job))

    def _send(self, job: Job, sender: Sender) -> Job | None:
        """Send the one request. None if the job moved under our hands, before it was sent or meanwhile.

        If the provider has already spoken of this job, something was started although it said otherwise:
        then nothing is sent again, and Collect takes the id from that message.
        """
        unusable = self._unusable(job)
        if unusable:
            return self._fail(job, *unusable)
        key = sender.provider_key()
        token = webhook_token(sender.webhook_secret(), job.job_id)
        submission = Submission(
            init_video=self._address(job, "init_video", sender),
            init_image=self._address(job, "init_image", sender),
            reference_image=self._address(job, "reference_image", sender),
            output_format=job.output_format,
            watermark=job.watermark,
            webhook=webhook_url(sender.public_base_url, job.job_id, token),
            track_id=job.track_id,
        )
        now = self._clock()
        deadline = now + timedelta(seconds=self._deadlines.job)
        if not self._room.enter(job.job_id, deadline + _LEASE_MARGIN):
            if job.waits_for_room:
                return job
            # Only who is known to wait is woken, and somebody may have left before that was known.
            waiting = self._jobs.note(job, waits_for_room=True)
            if waiting is None or not self._room.enter(job.job_id, deadline + _LEASE_MARGIN):
                return waiting
            job = waiting
        sending = self._jobs.move(
            job,
            "submitting",
            now,
            submitted_at=now,
            deadline_at=deadline,
            submit_after=None,
            waits_for_room=None,
        )
        if sending is None or job.told_id:
            return sending
        reply = self._provider.submit(key, submission)
        if reply.outcome == "not_started" or reply.remedy == "update_address":
            sender.refused(reply)
        recorded = self._record(sending, reply)
        if recorded is None and reply.request_id:
            self._jobs.note_request_id(job.job_id, reply.request_id)
        return recorded

    def _unusable(self, job: Job) -> tuple[ErrorType, str] | None:
        """Why the uploads cannot be sent, if so: one is gone, or is not the announced file."""
        for purpose, media in job.media.items():
            if media.key is None:
                continue
            if self._bucket.find(media.key) is None:
                return "upload-missing", f"The upload for {purpose} is not there any more."
            if media.sha256 and self._bucket.sha256(media.key) != media.sha256:
                return (
                    "input-invalid",
                    f"The upload for {purpose} has another SHA-256 than declared.",
                )
        return None

    def _address(self, job: Job, purpose: Purpose, sender: Sender) -> str:
        """Where the provider reads an input."""
        key = job.media[purpose].key
        if key is None:
            return job.media[purpose].source
        if self._input_links == "presigned":
            return self._bucket.presign_read(key, self._input_url_seconds)
        token = input_token(sender.webhook_secret(), job.job_id, purpose)
        return input_url(sender.public_base_url, job.job_id, token, purpose, extension_of_key(key))

    def _record(self, job: Job, reply: Reply) -> Job | None:
        """Store what the provider said. An ambiguous answer leaves the job as it is: it may be running."""
        now = self._clock()
        deadline = now + timedelta(seconds=self._deadlines.job)
        if reply.outcome == "accepted":
            return self._jobs.move(
                job,
                "processing",
                now,
                request_id=reply.request_id,
                accepted_at=now,
                deadline_at=deadline,
                eta_seconds=reply.eta,
            )
        if reply.outcome == "succeeded":
            evidence = Evidence(
                at=now,
                by="submit",
                request_id=reply.request_id,
                urls=reply.urls,
                generation_time=reply.generation_time,
            )
            return self._jobs.move(
                job,
                "processing",
                now,
                wake=True,
                request_id=reply.request_id,
                accepted_at=now,
                deadline_at=deadline,
                evidence_immediate=evidence,
            )
        if reply.outcome == "not_started":
            self._room.step_back(job.job_id)
            after = now + timedelta(
                seconds=submit_wait(reply.remedy, reply.retry_after, self._random())
            )
            queue = (job.queued_at or job.created_at) + timedelta(seconds=self._deadlines.queue)
            return self._jobs.move(
                job, "queued", now, submit_after=after, submitted_at=None, deadline_at=queue
            )
        if reply.outcome == "failed":
            self._room.leave(job)
            if reply.remedy == "reject_input":
                return self._fail(
                    job, "input-invalid", "The provider cannot use the input.", reply.text
                )
            return self._fail(job, "provider-rejected", "The provider refused the job.", reply.text)
        return self._jobs.note(job, last_unread=reply.unread) if reply.unread else job

    def _fail(
        self, job: Job, kind: ErrorType, detail: str, upstream: str | None = None
    ) -> Job | None:
        failure = Failure(type=kind, detail=detail, upstream=upstream)
        return self._jobs.move(job, "failed", self._clock(), error=failure, media=job.final_media)

    def _out_of_the_way(self, job_id: str) -> Job:
        """The job as somebody else has just changed it; a slot that it does not use is given back."""
        job = self._again(job_id)
        if job.submitted_at is None:
            self._room.step_back(job_id)
        return job

    def _again(self, job_id: str) -> Job:
        """The job as somebody else has just changed it."""
        job = self._jobs.get(job_id)
        if job is None:
            raise LookupError("the job vanished while it was submitted")
        return job


def _keys(job: Job) -> list[str]:
    return [media.key for media in job.media.values() if media.key]
