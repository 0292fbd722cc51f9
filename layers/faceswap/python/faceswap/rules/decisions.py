"""What is to be done about a job, decided from the job, a reply and the time; use cases carry it out."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from faceswap.rules import retry_limits
from faceswap.rules.addresses import host_of
from faceswap.rules.job import Deadlines, Evidence, Failure, Job
from faceswap.rules.reply import Remedy, Reply
from faceswap.rules.schedule import submit_wait
from faceswap.rules.status import OVERDUE, ErrorType, ProviderStatus

_OVERDUE_DETAILS: dict[ErrorType, str] = {
    "upload-missing": "An upload did not arrive in time.",
    "queue-timeout": "The provider had no room in time.",
    "submission-unknown": "The provider's answer to the request was lost, and no message came in time.",
    "provider-timeout": "The provider accepted the job and did not finish in time.",
}


_MOST_HOSTS = 8
_MOST_REFUSALS = 3
_LAST_POLL = timedelta(minutes=15)
"""How long after its deadline a job is still polled: a task that dies in each poll must not go on for ever."""
_FAILURES_OVER: dict[str, object] = {"collect_failures": 0, "collect_failing_since": None}


class Keep(NamedTuple):
    """Nothing is to be done."""


KEEP = Keep()


class Copy(NamedTuple):
    """The result is to be copied from the first of these URLs that gives it; the job then succeeds.

    `hosts` are theirs if the provider's own answer named them, else empty.
    """

    urls: tuple[str, ...]
    generation_time: float | None
    hosts: frozenset[str] = frozenset()


class Fail(NamedTuple):
    """The job is to end as failed."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Move:
    """The job is to change to a status that is not final; `wake` counts a wake-up in the same write.

    The provider takes nobody before `hold_until`; what it refused is perhaps this job only (`perhaps_its_own`).
    """

    to: ProviderStatus
    fields: dict[str, object] = field(default_factory=dict)
    wake: bool = False
    hold_until: datetime | None = None
    perhaps_its_own: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something is to be kept on the job, and `then` to be done."""

    fields: dict[str, object]
    then: Copy | Fail | Keep = KEEP


Decision = Keep | Copy | Fail | Move | Note


@dataclass(frozen=True, slots=True)
class CollectLimits:
    """Spans that decide: how long the provider may take, and how long links to inputs last."""

    job_deadline: timedelta
    input_url: timedelta


def after_submit(
    job: Job, reply: Reply, now: datetime, deadlines: Deadlines, random: float
) -> Fail | Move | Note | Keep:
    """What an answer to the one request means. An ambiguous one leaves the job as it is: it may be running."""
    match reply.outcome:
        case "accepted" | "succeeded":
            return _accepted(reply, now, deadlines)
        case "not_started":
            hold_until = now + timedelta(
                seconds=submit_wait(reply.remedy, reply.retry_after, random)
            )
            queued_at = job.queued_at or job.created_at
            fields: dict[str, object] = {
                "submit_after": hold_until,
                "refused_at": now,
                "submitted_at": None,
                "consent_hmacs": None,
                "deadline_at": queued_at + timedelta(seconds=deadlines.queue),
            }
            if job.spent_on:
                fields["spent_on"] = None
            its_own = reply.remedy == "fix_account"
            return Move("queued", fields, hold_until=hold_until, perhaps_its_own=its_own)
        case "failed" if reply.remedy == "reject_input":
            return _refused_input(reply.text)
        case "failed":
            return _fail("provider-rejected", "The provider refused the job.", reply.text)
        case _:
            return Note({"last_unread": reply.unread}) if reply.unread else KEEP


def refused_alone(job: Job, move: Move, reply: Reply) -> Move | Fail:
    """What a refusal means of a job while the provider takes others: it waits alone, and fails at the third one."""
    refusals = job.refusals + 1
    if refusals < _MOST_REFUSALS:
        return replace(move, fields=move.fields | {"refusals": refusals})
    detail = "The provider refused this job again and again, and took others meanwhile."
    return _fail("provider-rejected", detail, reply.text)


def _accepted(reply: Reply, now: datetime, deadlines: Deadlines) -> Move:
    fields: dict[str, object] = {
        "request_id": reply.request_id,
        "accepted_at": now,
        "deadline_at": now + timedelta(seconds=deadlines.job),
    }
    if reply.outcome == "accepted":
        return Move("processing", fields | {"eta_seconds": reply.eta})
    evidence = Evidence(
        at=now,
        by="submit",
        request_id=reply.request_id,
        urls=reply.urls,
        generation_time=reply.generation_time,
    )
    return Move("processing", fields | {"evidence_immediate": evidence}, wake=True)


def before_fetch(job: Job, now: datetime) -> Copy | Fail | Note | Keep | None:
    """What is to be done about a job at the provider without asking it; None if it is to be asked."""
    at_once = job.evidence_immediate
    if at_once:
        return Copy(at_once.urls, at_once.generation_time)
    if job.request_id is None or now >= job.deadline_at + _LAST_POLL:
        return when_unasked(job, now)
    return None


def when_unasked(job: Job, now: datetime) -> Copy | Fail | Note | Keep:
    """What becomes of a job that the provider cannot be asked about: its task came through, so failures count anew."""
    decided = when_overdue(job, now)
    return Note(_FAILURES_OVER) if decided is KEEP and job.collect_failures else decided


def after_fetch(job: Job, reply: Reply, now: datetime, limits: CollectLimits) -> Copy | Fail | Note:
    """What the provider's word on a job means."""
    told = job.own_success
    if reply.outcome == "succeeded":
        heard = told.generation_time if told else None
        hosts = frozenset(map(host_of, reply.urls))
        return Copy(reply.urls, reply.generation_time or heard, hosts)
    if reply.outcome == "failed":
        return _failed_there(job, reply, now, limits)
    if reply.outcome == "missing" and not told and retry_limits.missing_is_final(job, now):
        return _failed_there(job, reply, now, limits)
    fields = _counted(job, reply, now)
    counted = job.model_copy(update=fields)
    hopeless = retry_limits.fetch_is_hopeless(counted, now, limits.job_deadline)
    if reply.outcome != "pending" and hopeless and told and told.urls:
        return Note(fields, _copy_as_told(job, told))
    return Note(fields, when_overdue(counted, now))


def _copy_as_told(job: Job, told: Evidence) -> Copy:
    """What a message told, the links first whose host the provider's own answers have named."""
    urls = sorted(told.urls, key=lambda url: host_of(url) not in job.result_hosts)
    return Copy(tuple(urls), told.generation_time)


def _failed_there(job: Job, reply: Reply, now: datetime, limits: CollectLimits) -> Fail:
    """The provider did not make the video; perhaps since a link of ours had ended by then."""
    sent = job.submitted_at if job.uploads else None
    if reply.remedy == "reject_input" and sent and now >= sent + limits.input_url:
        detail = "The provider could not read an upload while the link to it lasted."
        return _fail("input-expired", detail, reply.text)
    return _not_made(reply.remedy, reply.text)


def _not_made(remedy: Remedy | None, text: str | None) -> Fail:
    """The provider accepted the job and did not make the video: for the input's sake, or for another reason."""
    if remedy == "reject_input":
        return _refused_input(text)
    return _fail("provider-failed", "The provider did not make the video.", text)


def _refused_input(text: str | None) -> Fail:
    return _fail("input-invalid", "The provider cannot use the input.", text)


def _counted(job: Job, reply: Reply, now: datetime) -> dict[str, object]:
    """The books on an answer that decided nothing: what there was to see if none ever does."""
    fields: dict[str, object] = {"polls": job.polls + 1}
    if job.collect_failures:
        fields |= _FAILURES_OVER
    if reply.unread:
        fields |= {"unread_polls": job.unread_polls + 1, "last_unread": reply.unread}
    if reply.outcome in {"unclear", "missing"}:
        since = job.fetch_failing_since or now
        fields |= {"fetch_failures": job.fetch_failures + 1, "fetch_failing_since": since}
    return fields


def after_failed_copy(job: Job, reason: str, hosts: frozenset[str], now: datetime) -> Note:
    """No link gave a usable video this time; `hosts` are those that the provider's own answer named."""
    fields: dict[str, object] = {
        "result_hosts": tuple(sorted(hosts.union(job.result_hosts)))[:_MOST_HOSTS],
        "archive_failures": job.archive_failures + 1,
        "archive_failing_since": job.archive_failing_since or now,
    }
    counted = job.model_copy(update=fields)
    if retry_limits.copy_is_hopeless(counted, now) or job.is_overdue(now):
        return Note(fields, _fail("result-unusable", f"No link gave a usable video: {reason}."))
    return Note(fields)


def after_failed_collect(job: Job, now: datetime, limits: CollectLimits) -> Note:
    """The task before this one raised, or died."""
    fields: dict[str, object] = {
        "collect_failures": job.collect_failures + 1,
        "collect_failing_since": job.collect_failing_since or now,
    }
    counted = job.model_copy(update=fields)
    if retry_limits.collect_is_hopeless(counted, now, limits.job_deadline):
        return Note(fields, _fail("internal", "The result could not be collected."))
    return Note(fields)


def when_overdue(job: Job, now: datetime) -> Copy | Fail | Keep:
    """What becomes of a job whose deadline has passed. A message that told of a result is not left unused."""
    if not job.is_overdue(now):
        return KEEP
    was_sent = job.status in {"submitting", "processing"}
    told = job.own_success if was_sent else None
    failed = job.own_failure if was_sent else None
    if told and told.urls:
        return _copy_as_told(job, told)
    if failed:
        return _not_made(failed.remedy, failed.text)
    kind = OVERDUE[job.status]
    detail = _OVERDUE_DETAILS[kind]
    if was_sent and job.unread_polls:
        detail += (
            f" {job.unread_polls} of its {job.polls} answers could not be understood;"
            " `upstream` shows the last."
        )
    return _fail(kind, detail, job.last_unread if was_sent else None)


def _fail(kind: ErrorType, detail: str, upstream: str | None = None) -> Fail:
    return Fail(Failure(type=kind, detail=detail, upstream=upstream))
