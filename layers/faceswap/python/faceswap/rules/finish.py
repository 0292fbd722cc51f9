"""Who brought the news that a job is over; many polls and few webhooks tell of an outage of webhooks."""

from typing import Literal

from faceswap.rules.job import Job


def finished_by(before: Job, after: Job) -> Literal["webhook", "poll"] | None:
    """Who brought it, by the job as it was and is; None for an end that neither did, or that no poll was needed for."""
    if after.status == "cancelled":
        return None
    if before.evidence_succeeded or before.evidence_failed:
        return "webhook"
    return "poll" if after.status == "succeeded" and not before.evidence_immediate else None
