"""What the API answers, as far as a client reads it; fields that are not named here are kept as they came.

A test compares each model with the schema of the same thing in the published OpenAPI.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

Purpose = Literal["init_video", "init_image", "reference_image"]
"""The fields of a job that media are for: the clip, the face that is put in, the person who is replaced."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Fault(_Model):
    """One thing that is wrong: `pointer` is a JSON pointer to the field of the request."""

    pointer: str
    detail: str


class Problem(_Model):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[Fault] | None = None
    violated_policies: list[str] | None = Field(default=None, alias="violated-policies")


class JobProblem(_Model):
    """Why a job failed; `upstream` are the provider's own words."""

    type: str
    title: str
    detail: str
    upstream: str | None = None
    errors: list[Fault] | None = None


class Provider(_Model):
    """What is known of the job at the provider; `generation_time` in seconds."""

    name: str = "modelslab"
    request_id: str | None
    generation_time: float | None


class CallbackTarget(_Model):
    """Where the job's end is told; without the address's query."""

    url: str


class Cost(_Model):
    """What the provider charges: a decimal number and an ISO 4217 currency."""

    amount: str
    currency: str
    settled: bool


class Result(_Model):
    """The video of a job; `size` in bytes, `sha256` in base64, `link` lasts as long as the result is kept."""

    content_type: str
    size: int
    sha256: str
    link: str


class _Job(_Model):
    job_id: str
    owner: str
    version: int
    created_at: AwareDatetime
    updated_at: AwareDatetime
    eta: AwareDatetime | None
    init_video: str
    init_image: str
    reference_image: str
    output_format: str
    watermark: bool
    client_reference: str | None
    callback: CallbackTarget | None
    provider: Provider
    notice: str | None
    cost: Cost | None

    @property
    def is_final(self) -> bool:
        """Whether the job is over, and never changes again."""
        return not isinstance(self, OpenJob)


class OpenJob(_Job):
    """A job that is not over."""

    status: Literal["awaiting_upload", "queued", "submitting", "processing"]
    result: None
    error: None


class SucceededJob(_Job):
    """A job whose video is there."""

    status: Literal["succeeded"]
    result: Result
    error: None


class FailedJob(_Job):
    """A job without a video; `error` says why."""

    status: Literal["failed"]
    result: None
    error: JobProblem


class CancelledJob(_Job):
    """A job that was cancelled; `notice` tells if the provider may still bill it."""

    status: Literal["cancelled"]
    result: None
    error: None


Job = Annotated[OpenJob | SucceededJob | FailedJob | CancelledJob, Field(discriminator="status")]
"""One job: which of these it is, its `status` says."""
JOB: TypeAdapter[OpenJob | SucceededJob | FailedJob | CancelledJob] = TypeAdapter(Job)


class JobList(_Model):
    """A page of jobs, the newest first."""

    items: list[Job]
    next_cursor: str | None


class ResultLink(_Model):
    """A fresh link to the video, for whoever has it, until `expires_at`."""

    url: str
    expires_at: AwareDatetime
    content_type: str
    size: int
    sha256: str


class Upload(_Model):
    """An upload; `source` is what a job's media field takes."""

    upload_id: str
    source: str
    status: Literal["pending", "landed"]
    purpose: Purpose
    content_type: str
    size: int
    sha256: str | None
    expires_at: AwareDatetime
    part_size: int | None = None
    parts: int | None = None


class ReservedPut(Upload):
    """An upload whose file is the body of one PUT to `url` with exactly these `headers`."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]


class ReservedMultipart(Upload):
    """An upload that is sent in `parts` parts of `part_size` bytes, the last one of what is left."""

    method: Literal["multipart"]
    part_size: int
    parts: int


ReservedUpload = Annotated[ReservedPut | ReservedMultipart, Field(discriminator="method")]
RESERVED: TypeAdapter[ReservedPut | ReservedMultipart] = TypeAdapter(ReservedUpload)


class ArrivedPart(_Model):
    """A part that the bucket has; `size` in bytes."""

    number: int
    size: int


class ArrivedParts(_Model):
    """What the bucket has of an upload."""

    parts: list[ArrivedPart]


class PresignedPart(_Model):
    """Where a part is put, with exactly `size` bytes."""

    number: int
    url: str
    size: int


class PresignedParts(_Model):
    """Where parts are put."""

    parts: list[PresignedPart]
    expires_at: AwareDatetime


class SignedRequest(_Model):
    """A presigned request to the bucket."""

    url: str
    headers: dict[str, str]


class CallbackSecret(_Model):
    """A secret that signs the caller's callbacks, until `until`; null for the newest."""

    secret: str
    until: AwareDatetime | None


class CallbackSecrets(_Model):
    """All that sign now, the newest first."""

    secrets: list[CallbackSecret]


class Consent(BaseModel):
    """That the people shown agreed, in the words of whoever submits (at most 1,000 characters).

    `terms` names the text that they were shown, `subject` who is shown (128 characters each).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    attested: Literal[True] = True
    statement: str = Field(min_length=1, max_length=1000)
    terms: str | None = Field(default=None, min_length=1, max_length=128)
    subject: str | None = Field(default=None, min_length=1, max_length=128)
