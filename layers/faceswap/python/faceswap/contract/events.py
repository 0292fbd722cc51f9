"""Events as integrations see them, on the stack's bus."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from faceswap.contract.jobs import JobRequest
from faceswap.contract.problems import Problem
from faceswap.rules.owner import OWNER_PATTERN

SOURCE = "faceswap"
JOB_REQUESTED, JOB_REFUSED = "Job Requested", "Job Refused"

Key = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$")]


class JobRequested(JobRequest):
    """A request for a job, from whoever may put events on the bus: he speaks for the owner that he names."""

    model_config = ConfigDict(extra="forbid", strict=True)

    owner: str = Field(pattern=OWNER_PATTERN, description="Whose job it is.")
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
