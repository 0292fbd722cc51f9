"""A `Job Requested` event on the stack's bus."""

from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.telemetry import count, logger


def make(event: dict[str, Any]) -> None:
    """Make the job that the event asks for, or tell on the bus why there is none."""
    source = f"{event['source']} {event.get('account', '')}".strip()
    job_id = jobs_container().request_job.run(event["detail"], event["id"], source)
    if job_id is None:
        count("RequestsRefused")
        logger.warning("a requested job was refused", event_id=event["id"])
    else:
        logger.info("a job was requested", job_id=job_id, event_id=event["id"])
