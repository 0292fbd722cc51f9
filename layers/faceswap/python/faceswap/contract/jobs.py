"""Jobs as clients see them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from faceswap.contract.problems import described
from faceswap.rules.addresses import without_query
from faceswap.rules.errors import Fault
from faceswap.rules.job import Failure, Job
from faceswap.rules.media import Purpose
from faceswap.rules.status import ErrorType
from faceswap.rules.times import Time

Source = Annotated[
    str,
    Field(
        min_length=1,
        max_length=8192,
        description="`upload:upl_…`, or an https URL of a public host.",
        examples=["upload:upl_aaaaaaaaaaaaaaaaaaaaaaaaaa", "https://media.example.com/clip.mp4"],
    ),
]

_TITLES: dict[ErrorType, str] = {
    "upload-missing": "An upload did not arrive",
    "input-invalid": "The provider cannot use the input",
    "input-expired": "A link to the input expired",
    "provider-rejected": "The provider refused the job",
    "provider-failed": "The provider failed",
    "provider-timeout": "The provider did not finish in time",
    "queue-timeout": "There was no room at the provider in time",
    "submission-unknown": "It is not known whether the provider took the job",
    "result-unusable": "The result could not be read",
    "internal": "Something went wrong here",
}

_MEANINGS = {f"/problems/{name}": title for name, title in _TITLES.items()}
_BILLED = "The provider has no cancel: what it has accepted may still be billed."

_NOT_TODAY = "As much is spent today as may be: jobs are sent on after midnight UTC, or once the budget is raised."


def _attested(value: object) -> object:
    if value is not True:  # 1 equals True, and is no attestation
        raise ValueError("must be true")
    return value


class ConsentStatement(BaseModel):
    """Whoever submits says that the people shown agreed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    attested: Annotated[Literal[True], BeforeValidator(_attested)]
    statement: str = Field(min_length=1, max_length=1000)
    terms: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        description="Which text was shown to who agreed: its name and version.",
    )
    subject: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        description="Who is shown, in the client's own words; kept as a keyed hash only once the job is erased.",
    )


class CallbackRequest(BaseModel):
    """Where the job's end is to be told."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(
        min_length=1,
        max_length=2000,
        description="An https URL of a public host. It gets a POST once the job is final, signed by Standard Webhooks.",
        examples=["https://app.example.com/hooks/faceswap"],
    )


class JobRequest(BaseModel):
    """A swap to be made."""

    model_config = ConfigDict(extra="forbid", strict=True)

    init_video: Source = Field(description="The clip that is modified.")
    init_image: Source = Field(description="The face that is put in.")
    reference_image: Source = Field(
        description="A picture of the person in the clip who is replaced."
    )
    output_format: Literal["mp4"] = "mp4"
    watermark: bool = True
    consent: ConsentStatement
    client_reference: str | None = Field(default=None, max_length=128)
    callback: CallbackRequest | None = None


class JobProblem(BaseModel):
    """Why a job failed."""

    type: str = Field(
        description=f"What kind of failure.\n{described(_MEANINGS)}",
        json_schema_extra={"enum": list(_MEANINGS)},
    )
    title: str
    detail: str
    upstream: str | None = Field(
        default=None, description="The provider's own words, URLs replaced."
    )
    errors: list[Fault] | None = Field(
        default=None,
        description="Each medium that cannot be used, and why; where that was seen here.",
    )


class ProviderView(BaseModel):
    """The provider's part in a job."""

    name: Literal["modelslab"] = "modelslab"
    request_id: str | None
    generation_time: float | None = Field(description="Seconds, as the provider tells.")


class ResultView(BaseModel):
    """What came out."""

    content_type: str
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Base64 of the SHA-256.")
    link: str = Field(
        description="Leads to the video as long as it is kept, for whoever has it, without a login: for a player, or "
        "to pass on. `GET /v1/jobs/{job_id}/result` gives one that ends."
    )


class CallbackTarget(BaseModel):
    """Where the job's end is told."""

    url: str = Field(description="Without its query.")


class UploadedInput(BaseModel):
    """An upload as it was sent."""

    kind: Literal["upload"]
    size: int = Field(description="Bytes.")
    sha256: str | None = Field(description="Base64 of its SHA-256, if it was declared.")
    etag: str | None = Field(description="Else the bucket's entity tag of its content.")


class LinkedInput(BaseModel):
    """A client's own address."""

    kind: Literal["url"]
    url_sha256: str = Field(
        description="Base64 of the address's SHA-256; what lay there is not known."
    )


class ReceiptView(BaseModel):
    """What the consent was about, fixed when the job was sent. Hashes are base64."""

    statement_sha256: str
    terms_sha256: str | None
    subject_hmac: str | None = Field(description="Keyed with a secret of this deployment.")
    caller_hmac: str = Field(description="Of the caller's name in the token, keyed alike.")
    session_hmac: str | None = Field(
        description="Of the token's `jti` and `auth_time`, as far as it has them, keyed alike."
    )
    attested_at: Time
    inputs: dict[Purpose, Annotated[UploadedInput | LinkedInput, Field(discriminator="kind")]]
    result_sha256: str | None = Field(description="Of the result, once there is one.")


class CostView(BaseModel):
    """What the provider charges for a job, by the price that this deployment names."""

    amount: str = Field(description="A decimal number.", examples=["0.16"])
    currency: str = Field(description="ISO 4217.", examples=["USD"])
    settled: bool = Field(description="Whether it is known that the provider took the job, or not.")


class _JobFields(BaseModel):
    """What every job shows."""

    job_id: str
    owner: str
    version: int = Field(description="Grows by one with each change of status.")
    created_at: Time
    updated_at: Time
    eta: Time | None = Field(
        description="When the provider expects to be done; in the queue, what the jobs ahead and the time "
        "that jobs took lately suggest. Null where nobody can tell, and in lists while queued."
    )
    init_video: str
    init_image: str
    reference_image: str
    output_format: str
    watermark: bool
    client_reference: str | None
    callback: CallbackTarget | None
    provider: ProviderView
    notice: str | None = Field(description="What is worth knowing beyond the status.")
    consent_receipt: ReceiptView | None = Field(
        description="What the consent was about; null until the job is sent."
    )
    cost: CostView | None = Field(
        description="What the provider charges for it; null where no price was named when it was made."
    )


class OpenJob(_JobFields):
    """A job that is not over."""

    status: Literal["awaiting_upload", "queued", "submitting", "processing"]
    result: None
    error: None


class SucceededJob(_JobFields):
    """A job whose video is made."""

    status: Literal["succeeded"]
    result: ResultView
    error: None


class FailedJob(_JobFields):
    """A job that ended without a video."""

    status: Literal["failed"]
    result: None
    error: JobProblem


class CancelledJob(_JobFields):
    """A job that its owner ended."""

    status: Literal["cancelled"]
    result: None
    error: None


class JobView(
    RootModel[
        Annotated[OpenJob | SucceededJob | FailedJob | CancelledJob, Field(discriminator="status")]
    ]
):
    """A job: what it has besides follows from its `status`."""


class JobList(BaseModel):
    """Some jobs, newest first."""

    items: list[JobView]
    next_cursor: str | None = Field(description="Where the list goes on; null at its end.")


class ResultLink(BaseModel):
    """A fresh link to the result."""

    url: str
    expires_at: Time
    content_type: str
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Base64 of the SHA-256.")


def view_of(
    job: Job,
    result_link: Callable[[str], str],
    eta: datetime | None = None,
    *,
    waits_for_budget: bool = False,
) -> JobView:
    """A job as its owner sees it.

    `result_link` makes the lasting link to a job's result; `eta` is an estimate that the job itself does not hold, nor
    does it say whether it `waits_for_budget`.
    """
    inputs: dict[str, object] = {purpose: media.source for purpose, media in job.media.items()}
    fields = inputs | {
        "job_id": job.job_id,
        "owner": job.owner,
        "version": job.version,
        "status": job.status,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "eta": eta or job.eta,
        "output_format": job.output_format,
        "watermark": job.watermark,
        "client_reference": job.client_reference,
        "callback": _callback(job),
        "provider": ProviderView(request_id=job.request_id, generation_time=job.generation_time),
        "result": _result(job, result_link),
        "error": _problem(job.error) if job.error else None,
        "notice": _notice(job, waits_for_budget=waits_for_budget),
        "consent_receipt": _receipt(job),
        "cost": _cost(job) if job.price is not None else None,
    }
    return JobView.model_validate(fields)


def _notice(job: Job, *, waits_for_budget: bool) -> str | None:
    if waits_for_budget and job.status == "queued":
        return _NOT_TODAY
    return _BILLED if job.status == "cancelled" and job.submitted_at else None


def _cost(job: Job) -> CostView | None:
    from faceswap.rules.cost import cost_of, text_of

    cost = cost_of(job)
    return cost and CostView(
        amount=text_of(cost.amount), currency=cost.currency, settled=cost.settled
    )


def _callback(job: Job) -> CallbackTarget | None:
    return CallbackTarget(url=without_query(job.callback_url)) if job.callback_url else None


def _receipt(job: Job) -> ReceiptView | None:
    receipt = job.consent_receipt
    return ReceiptView.model_validate(receipt.model_dump()) if receipt else None


def _result(job: Job, link: Callable[[str], str]) -> ResultView | None:
    if job.status != "succeeded" or job.result is None:
        return None
    told = job.result.model_dump(include={"content_type", "size", "sha256"})
    return ResultView(**told, link=link(job.job_id))


def _problem(failure: Failure) -> JobProblem:
    return JobProblem(
        type=f"/problems/{failure.type}",
        title=_TITLES[failure.type],
        detail=failure.detail,
        upstream=failure.upstream,
        errors=list(failure.errors) if failure.errors else None,
    )
