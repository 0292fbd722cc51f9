"""Events as integrations see them, on the stack's bus."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from faceswap.contract.jobs import JobRequest
from faceswap.contract.problems import Problem
from faceswap.rules.inbox import is_owner
from faceswap.rules.job import Callback
from faceswap.rules.owner import OWNER_PATTERN
from faceswap.rules.status import ErrorType, Status

SOURCE = "faceswap"
JOB_REQUESTED, JOB_REFUSED = "Job Requested", "Job Refused"
JOB_STATUS_CHANGED = "Job Status Changed"
AUDIT_LINE = "Audit Line"

Key = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$")]


class JobStatusChanged(BaseModel):
    """A job has changed its status. At least once, in no guaranteed order; all fields are texts.

    The template's pipe makes it of the item as it is after the change.
    """

    model_config = ConfigDict(extra="forbid")

    event_id: str = Field(description="`<job_id>.<version>`: the same for the same change.")
    schema_version: Literal["1"] = Field(description="Fields are only ever added to a version.")
    job_id: str
    owner: str
    status: Status
    previous_status: Status | Literal[""] = Field(description="Empty where the job is new.")
    version: str = Field(
        pattern=r"^[0-9]+$",
        description="A number that grows by one with each change of status: drop what is not above the last one.",
    )
    occurred_at: str = Field(description="RFC 3339, UTC.")
    error_type: ErrorType | Literal[""] = Field(description="Why it failed; else empty.")
    idempotency_key: str = Field(description="What it was asked for under; else empty.")
    client_reference: str = Field(description="The client's own; else empty.")
    callback: Callback = Field(
        description="How the job's end is told besides: `url`, `outbox`, `vendor`, or not."
    )
    cost: str | None = Field(
        default=None,
        description="What the provider charges for it, a decimal number; empty for a job without a price. This and the"
        " two below are there only in a deployment that names a price.",
    )
    cost_currency: str | None = Field(default=None, description="ISO 4217.")
    cost_settled: Literal["true", "false", ""] | None = Field(
        default=None, description="Whether it is known that the provider took the job, or not."
    )


def _owner(text: str) -> str:
    if not is_owner(text):
        raise ValueError("names no owner")
    return text


class JobRequested(JobRequest):
    """A request for a job, from whoever may put events on the bus: he speaks for the owner that he names."""

    owner: Annotated[str, AfterValidator(_owner)] = Field(
        pattern=OWNER_PATTERN, description="Whose job it is; not dots alone."
    )
    idempotency_key: Key = Field(description="The same owner and key make one job, however often.")

    @property
    def request(self) -> JobRequest:
        """The request itself, as it would come over HTTP."""
        return JobRequest.model_validate(self.model_dump(exclude={"owner", "idempotency_key"}))


class JobRefused(BaseModel):
    """The answer to a `Job Requested` that makes no job. What the sender did not say is empty."""

    owner: str
    idempotency_key: str
    event_id: str = Field(description="The `id` of the event that is refused.")
    problem: Problem
