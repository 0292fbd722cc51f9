"""The inbox as integrations see it: what a manifest holds, and what answers it."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import from_json

from faceswap.contract.events import Key
from faceswap.contract.jobs import JobRequest, JobView
from faceswap.contract.problems import Problem
from faceswap.rules.inbox import Manifest


class InboxManifest(JobRequest):
    """A request for a job, dropped as `inbox/<owner>/<path>.job.json`. A media field may also name a file of the same
    inbox: `s3:<path below inbox/<owner>/>`. It is answered in the outbox, and by a callback if it names one.
    """

    idempotency_key: Key | None = Field(
        default=None,
        description="The same owner and key make one job, however often the manifest is dropped; without it each "
        "writing of the file makes one.",
    )

    @property
    def request(self) -> JobRequest:
        """The request itself, as it would come over HTTP."""
        return JobRequest.model_validate(self.model_dump(exclude={"idempotency_key"}))


class ManifestView(BaseModel):
    """Which writing of the manifest is answered."""

    key: str
    sequencer: str = Field(description="Of the bucket's event: later ones are greater.")
    etag: str


class ManifestAnswer(BaseModel):
    """The answer, as `outbox/<owner>/<path>.result.json`: the job once it is final, or at once why there is none."""

    model_config = ConfigDict(extra="forbid")

    manifest: ManifestView
    job: JobView | None = None
    problem: Problem | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.job is None) == (self.problem is None):
            raise ValueError("must hold a job or a problem")
        return self


def is_answered(content: bytes, job_id: str) -> bool:
    """Whether an answer in the outbox is this job's."""
    try:
        answer = from_json(content)
    except ValueError:
        return False
    job = answer.get("job") if isinstance(answer, dict) else None
    return isinstance(job, dict) and job.get("job_id") == job_id


def answer_of(manifest: Manifest, said: JobView | Problem) -> bytes:
    """The answer to a manifest, as it lies in the outbox."""
    view = ManifestView.model_validate(manifest.model_dump())
    if isinstance(said, Problem):
        refusal = ManifestAnswer(manifest=view, problem=said)
        return refusal.model_dump_json(exclude_none=True).encode()
    # A job is shown with all its fields, as over HTTP.
    return ManifestAnswer(manifest=view, job=said).model_dump_json(exclude={"problem"}).encode()
