"""The starter: a job that appears on the table gets its execution; and what is written there is written down."""

from collections.abc import Sequence
from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.telemetry import logger

_JOB = "job#"


def start(records: Sequence[dict[str, Any]]) -> None:
    """Start an execution for each inserted job, once however often a record comes.

    The first failure ends the batch, so that the stream delivers it again.
    """
    for record in records:
        pk = record["dynamodb"]["Keys"]["pk"]["S"]
        if record["eventName"] == "INSERT" and pk.startswith(_JOB):
            job_id = pk.removeprefix(_JOB)
            jobs_container().executions.start(job_id)
            logger.info("started an execution", job_id=job_id)
        if jobs_container().settings.audit_log:
            from audit import write_down

            write_down(record)
