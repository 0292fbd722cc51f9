"""The provider's callback: unsigned, so its URL holds a token that only we can make."""

from collections.abc import Iterable
from datetime import datetime

from faceswap.egress.codings import CodingError, decode
from faceswap.provider.modelslab.interpret import interpret
from faceswap.provider.modelslab.parsing import parse_any
from faceswap.rules import ids
from faceswap.rules.errors import DomainError, MalformedError, NotFoundError, TooLargeError
from faceswap.rules.job import Evidence, Job
from faceswap.rules.links import is_one_of, webhook_token
from faceswap.rules.reply import Reply
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.usecases.room import Room
from faceswap.usecases.wake import wake

LARGEST_BODY = 64 * 1024


def receive_webhook(
    job_id: str,
    token: str,
    body: bytes,
    *,
    content_encoding: str | None,
    secrets: Iterable[str],
    room: Room,
    jobs: JobStore,
    executions: ExecutionStore,
    now: datetime,
) -> Job | None:
    """Keep what the message says as evidence and wake the job. What it says is confirmed elsewhere.

    With the right token a body that says nothing to us is a reason to look, too.
    The token may be made of any of the secrets; the later ones are only asked for where the earlier do not fit.

    Returns:
        The job as it is after that, None if it is not there (any more).

    Raises:
        NotFoundError: the token is not this job's; nothing was read or changed.
        TooLargeError: over 64 KiB; the job was woken all the same.
        MalformedError: not JSON; the job was woken all the same.
    """
    if not ids.is_job_id(job_id) or not is_one_of(
        token, (webhook_token(secret, job_id) for secret in secrets)
    ):
        raise NotFoundError("There is no such webhook.")
    try:
        body = _readable(body, content_encoding)
    except DomainError:
        wake(job_id, jobs=jobs, executions=executions)
        raise
    reply = interpret(200, {}, body, asked="webhook", now=now)
    evidence = _evidence(job_id, reply, now)
    job = wake(job_id, jobs=jobs, executions=executions, **evidence)
    if job and job.is_final and reply.outcome in {"succeeded", "failed"} and evidence:
        room.leave(job)
    late = job is not None and job.is_final and job.erased_at is None
    if job and late and "evidence_succeeded" in evidence and not _is_known(job, reply):
        jobs.count_late_success(job_id, reply.request_id)
    return job


def _readable(body: bytes, content_encoding: str | None) -> bytes:
    """The body without its codings, if it is JSON that is small enough."""
    try:
        if len(body) <= LARGEST_BODY:
            body = decode(body, content_encoding, LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLargeError(f"A webhook has at most {LARGEST_BODY} bytes.")
        parse_any(body)
    except CodingError:
        raise MalformedError("A webhook's body cannot be unpacked.") from None
    except ValueError:
        raise MalformedError("A webhook's body must be JSON.") from None
    return body


def _is_known(job: Job, reply: Reply) -> bool:
    """Whether a success is the one that the job already ended with."""
    return job.status == "succeeded" and reply.request_id in {None, job.request_id}


def _evidence(job_id: str, reply: Reply, now: datetime) -> dict[str, Evidence]:
    """What to keep of a message; nothing if it is about another job (provider contract §8.12)."""
    if reply.track_id is not None and reply.track_id != str(ids.track_id(job_id)):
        return {}
    kind = {"succeeded": "evidence_succeeded", "failed": "evidence_failed"}
    if reply.outcome not in kind and reply.request_id is None:
        return {}
    evidence = Evidence(
        at=now,
        by="webhook",
        request_id=reply.request_id,
        urls=reply.urls,
        text=reply.text,
        generation_time=reply.generation_time,
    )
    return {kind.get(reply.outcome, "evidence_pending"): evidence}
