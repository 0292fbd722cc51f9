"""The provider's webhook: unsigned, so its URL holds a token that only we can make."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from faceswap.ports.jobs import Jobs
from faceswap.ports.provider import WebhookReader
from faceswap.rules import ids
from faceswap.rules.errors import DomainError, NotFoundError
from faceswap.rules.job import Evidence, Job
from faceswap.rules.links import is_one_of, webhook_token
from faceswap.rules.reply import Reply
from faceswap.rules.sanitize import holds, is_our_own, without
from faceswap.usecases.wake_job import WakeJob


class ReceiveWebhook:
    """Takes webhooks; their tokens may be made of any of the `secrets`. `provider_key` must not be kept of them."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        read: WebhookReader,
        wake_job: WakeJob,
        secrets: Callable[[], Iterable[str]],
        provider_key: Callable[[], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._read = read
        self._wake_job = wake_job
        self._secrets = secrets
        self._provider_key = provider_key
        self._clock = clock

    def run(self, job_id: str, token: str, body: bytes, content_encoding: str | None) -> Job | None:
        """Keep what the message says as evidence and wake the job. What it says is confirmed elsewhere.

        With the right token a body that says nothing to us is a reason to poll, too; the same kind again is none.

        Returns:
            The job as it is after that, None if it is not there (any more).

        Raises:
            NotFoundError: the token is not this job's; nothing was read or changed.
            TooLargeError: there is more than is read; the job was woken all the same.
            MalformedError: not JSON; the job was woken all the same.
        """
        if not ids.is_job_id(job_id) or not self._fits(token, job_id):
            raise NotFoundError("There is no such webhook.")
        now = self._clock()
        try:
            reply = self._read(body, content_encoding, now)
        except DomainError:
            self._wake_job.run(job_id, once="unreadable")
            raise
        evidence = _evidence(job_id, self._without_secrets(reply), now)
        job = self._wake_job.run(job_id, only_in=None, seen=None, once=reply.outcome, **evidence)
        if job and job.is_final:
            self._after_the_end(job, evidence)
        return job

    def _without_secrets(self, reply: Reply) -> Reply:
        """What was said without links to ourselves, and without our key in a link, in an id or in words."""
        urls = tuple(url for url in reply.urls if not is_our_own(url))
        request_id = reply.request_id or ""
        is_plain = not urls and not reply.text and request_id.isdecimal()
        if is_plain:
            return replace(reply, urls=urls)
        key = self._provider_key()
        return replace(
            reply,
            urls=tuple(url for url in urls if not holds(key, url)),
            request_id=None if holds(key, request_id) else reply.request_id,
            text=without(key, reply.text) if reply.text else None,
        )

    def _fits(self, token: str, job_id: str) -> bool:
        return is_one_of(token, (webhook_token(secret, job_id) for secret in self._secrets()))

    def _after_the_end(self, job: Job, evidence: dict[str, Evidence]) -> None:
        """Count a success that came late, and keep an id that is news: what it names may have to be deleted."""
        own = {
            name: said
            for name, said in evidence.items()
            if said.is_tracked or said.request_id == job.request_id
        }
        told = own.get("evidence_succeeded")
        if told and job.erased_at is None and not _is_known(job, told):
            self._jobs.count_late_success(job.job_id, told.request_id)
        request_id = next((said.request_id for said in own.values()), None)
        if job.erased_at and job.closed_at and job.request_id is None and request_id:
            self._jobs.reopen(job.job_id, request_id)


def _is_known(job: Job, told: Evidence) -> bool:
    """Whether a success is the one that the job already ended with."""
    return job.status == "succeeded" and told.request_id == job.request_id


def _evidence(job_id: str, reply: Reply, now: datetime) -> dict[str, Evidence]:
    """What to keep of a message; nothing if it names no request, or another job (provider contract §8.12)."""
    if reply.track_id is not None and reply.track_id != str(ids.track_id(job_id)):
        return {}
    if reply.request_id is None:
        return {}
    kind = {"succeeded": "evidence_succeeded", "failed": "evidence_failed"}
    evidence = Evidence(
        at=now,
        by="webhook",
        is_tracked=reply.track_id is not None,
        request_id=reply.request_id,
        urls=reply.urls,
        text=reply.text,
        remedy=reply.remedy,
        generation_time=reply.generation_time,
    )
    return {kind.get(reply.outcome, "evidence_pending"): evidence}
