"""Lines of the audit, made of the table's stream: what is written down is what was done."""

from datetime import UTC, datetime
from typing import Any

from faceswap.container.jobs import jobs_container
from faceswap.contract.events import AUDIT_LINE
from faceswap.rules.audit import AuditLine, line_of_new_key, line_of_revoked_key, lines_of_job
from faceswap.rules.job import Job
from faceswap.rules.keys import ApiKey
from faceswap.store.dynamodb_items import model_of

_JOB, _KEY = "job#", "key#"


def write_down(record: dict[str, Any]) -> None:
    """Put the lines of one record on the bus; the stream delivers the record again if that fails."""
    for line in lines_of(record):
        jobs_container().events.put(AUDIT_LINE, line)


def lines_of(record: dict[str, Any]) -> list[AuditLine]:
    """What a record of the stream is worth writing down."""
    change, name = record["dynamodb"], record["eventName"]
    pk = change["Keys"]["pk"]["S"]
    if pk.startswith(_JOB) and name != "REMOVE":
        return lines_of_job(model_of(Job, change["NewImage"]), is_new=name == "INSERT")
    if pk.startswith(_KEY) and name == "INSERT":
        return [line_of_new_key(model_of(ApiKey, change["NewImage"]))]
    if pk.startswith(_KEY) and name == "REMOVE":
        at = datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)
        return [line_of_revoked_key(pk.removeprefix(_KEY), at)]
    return []
