"""Lines of the audit: who made, ended and erased which job, for whose consent, and who made and revoked which key.

A line names nobody but the owner; words and names stand in it as hashes only.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from faceswap.rules.consent import ConsentReceipt, sha256
from faceswap.rules.job import Job
from faceswap.rules.keys import ApiKey
from faceswap.rules.times import Time

LineKind = Literal[
    "job.created", "consent.receipt", "job.ended", "job.erased", "key.created", "key.revoked"
]
Door = Literal["http", "bus", "inbox", "vendor"]


class AuditLine(BaseModel):
    """One line. `line_id` is the same however often a line is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_id: str
    kind: LineKind
    at: Time | None = None
    owner: str | None = None
    job_id: str | None = None
    key_id: str | None = None
    door: Door | None = None
    statement_sha256: str | None = None
    status: str | None = None
    error_type: str | None = None
    receipt: ConsentReceipt | None = None


def lines_of_job(job: Job, *, is_new: bool) -> list[AuditLine]:
    """What a write of a job is worth writing down, by the job as it is after it."""
    if job.erased_at:
        return [_line(job, "job.erased", line_id=f"{job.job_id}.erased", at=job.erased_at)]
    if is_new:
        statement = sha256(job.consent.statement) if job.consent else None
        return [
            _line(
                job, "job.created", at=job.created_at, door=_door(job), statement_sha256=statement
            )
        ]
    if job.status == "submitting":
        return [_line(job, "consent.receipt", at=job.updated_at, receipt=job.consent_receipt)]
    if job.is_final:
        error = job.error.type if job.error else None
        fields = {"status": job.status, "error_type": error, "receipt": job.consent_receipt}
        return [_line(job, "job.ended", at=job.finished_at, **fields)]
    return []


def line_of_new_key(key: ApiKey) -> AuditLine:
    """A key was made, and with it a consent for every job of it."""
    return AuditLine(
        line_id=f"{key.key_id}.created",
        kind="key.created",
        at=key.created_at,
        owner=key.owner,
        key_id=key.key_id,
        statement_sha256=sha256(key.statement),
    )


def line_of_revoked_key(key_id: str, at: datetime) -> AuditLine:
    """A key is gone; whose it was says the line of when it was made."""
    return AuditLine(line_id=f"{key_id}.revoked", kind="key.revoked", key_id=key_id, at=at)


def _line(job: Job, kind: LineKind, **fields: object) -> AuditLine:
    known = {"line_id": f"{job.job_id}.{job.version}", "job_id": job.job_id, "owner": job.owner}
    return AuditLine.model_validate({"kind": kind, **known, **fields})


def _door(job: Job) -> Door:
    if job.vendor:
        return "vendor"
    if job.manifest:
        return "inbox"
    return "bus" if job.by_event else "http"
