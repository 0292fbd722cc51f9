"""The vendor's own contract at our door: requests, answers and webhooks with its names and types.

Provider contract §1, §2 and §3; the variants are those of §7.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from faceswap.rules.addresses import without_query
from faceswap.rules.errors import Fault
from faceswap.rules.ids import LARGEST_NUMBER
from faceswap.rules.job import Failure, Job, VendorRequest
from faceswap.rules.keys import KEY_PATTERN
from faceswap.rules.media import UPLOAD_PREFIX

REQUEST_NOT_FOUND = "Request not found"
"""The provider's own words for an id that it does not know (V17)."""
INVALID_KEY = "Invalid API key"

_TIP = "Fetch the result by this id, or name a webhook."
_TRY_LATER = "The video is being made. Try again after eta seconds."
_CANCELLED = "The job was cancelled."
_OUTDIR = "results/"
_NO_SEED = 0
_MOST_DIGITS = 38
"""DynamoDB keeps so many of a number."""
_DIGITS = re.compile(rf"^-?[0-9]{{1,{_MOST_DIGITS}}}$")
_OURS = "Value error, "
"""How pydantic begins what our own validators say."""
_URI: dict[str, Any] = {"format": "uri"}
_CALLBACK_URL = "#/callback/url"


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _not_empty(value: object) -> object:
    return None if value == "" else value


def _trimmed_or_none(value: object) -> object:
    return _not_empty(_trimmed(value))


def _named(url: str) -> str:
    if not url:
        raise ValueError("is empty")
    try:
        url.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character") from None
    if url.startswith(UPLOAD_PREFIX):
        raise ValueError("must begin with https://")
    return url


def _track_id(value: object) -> object:
    """An integer or digits; one fault for all that is neither, which the union below would tell twice."""
    value = _trimmed_or_none(value)
    if type(value) is float and value.is_integer():
        value = int(value)
    is_number = type(value) is int and abs(value) < 10**_MOST_DIGITS
    is_digits = isinstance(value, str) and _DIGITS.fullmatch(value)
    if value is not None and not is_number and not is_digits:
        raise ValueError(f"must be an integer of at most {_MOST_DIGITS} digits")
    return value


def _or(default: object) -> BeforeValidator:
    """What is null counts as left out, as the vendor has it."""
    return BeforeValidator(lambda value: default if value is None else value)


Address = Annotated[
    str,
    BeforeValidator(_trimmed),
    AfterValidator(_named),
    Field(max_length=8192, json_schema_extra=_URI),
]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER, description="The job's number.")]
Url = Annotated[str, Field(json_schema_extra=_URI)]
TrackId = int | Annotated[str, Field(pattern=_DIGITS.pattern)]


class SpecificVideoSwapRequest(BaseModel):
    """A swap to be made, as the vendor asks for it. Unknown fields are ignored, blanks around URLs are dropped."""

    key: str = Field(
        description="A key of ours (`POST /v1/keys`), which also says that the people shown agreed.",
        json_schema_extra={"pattern": KEY_PATTERN},
    )
    init_image: Address = Field(description="The face that is put in; an https URL.")
    init_video: Address = Field(description="The clip that is modified; an https URL.")
    reference_image: Address = Field(
        description="A picture of the person in the clip who is replaced; an https URL."
    )
    output_format: Annotated[Literal["mp4"], _or("mp4")] = "mp4"
    watermark: Annotated[bool, _or(default=True)] = True
    webhook: Annotated[str | None, BeforeValidator(_trimmed_or_none)] = Field(
        default=None,
        max_length=2000,
        description="An https URL that gets a POST once the job is over, signed, and again until it is taken.",
        json_schema_extra=_URI,
    )
    track_id: Annotated[TrackId | None, BeforeValidator(_track_id)] = Field(
        default=None,
        description="Comes back in the webhook as it was sent; digits as text are fine.",
    )


class FetchRequest(BaseModel):
    """Who asks what has become of a job."""

    key: str = Field(
        description="A key of the job's owner.", json_schema_extra={"pattern": KEY_PATTERN}
    )


class Meta(BaseModel):
    """What was asked for; addresses are shown without their query."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    file_prefix: str = Field(description="The job's id in the JSON API.")
    outdir: str
    output_format: str
    reference_image: Url
    seed: int = Field(description="Always 0: it is not known here.")
    source_image: Url = Field(description="The `init_image`.")
    target_video_url: Url = Field(description="The `init_video`.")
    watermark: str = Field(description="`yes` or `no`.")
    watermark_image: str | None = None
    webhook: Url | None
    track_id: str | None
    output: list[Url] = Field(description="Where the video is, or will be.")


class SuccessVideoFaceSwapResponse(BaseModel):
    """The video is made."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    status: Literal["success"] = "success"
    generation_time: float = Field(
        alias="generationTime", description="Seconds that it took the provider."
    )
    id: Number
    output: list[Url] = Field(
        description="A link that lasts as long as the result is kept, for whoever has it."
    )
    proxy_links: list[Url] = Field(description="The same.")
    meta: Meta


class ProcessingVideoFaceSwapResponse(BaseModel):
    """The video is not made yet."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    status: Literal["processing"] = "processing"
    tip: str = _TIP
    eta: int = Field(description="Seconds after which it may be done; a hint of when to fetch.")
    message: str = _TRY_LATER
    fetch_result: Url = Field(
        description="Where to POST the key to, to hear what has become of it."
    )
    id: Number
    output: list[Url] = Field(default=[], max_length=0)
    meta: Meta
    future_links: list[Url] = Field(description="Where the video will be; 404 until it is there.")


class FailedVideoFaceSwapResponse(BaseModel):
    """There will be no video."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    status: Literal["failed"] = "failed"
    id: Number
    message: str
    output: list[Url] = Field(default=[], max_length=0)


class VendorError(BaseModel):
    """A request that is refused; the seed's `Error`."""

    model_config = ConfigDict(json_schema_extra={"required": ["status", "message"]})

    status: Literal["error"] = "error"
    message: str
    retry_after: int | None = Field(
        default=None, description="Seconds after which asking again may help, if that is known."
    )


class SuccessWebhook(SuccessVideoFaceSwapResponse):
    """What a `webhook` gets when the video is made (V18)."""

    track_id: int | str | None = Field(description="As it was sent.")


class FailedWebhook(BaseModel):
    """What a `webhook` gets when there will be no video (V19)."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    status: Literal["failed"] = "failed"
    id: Number
    message: str
    track_id: int | str | None = Field(description="As it was sent.")


class VendorLinks(NamedTuple):
    """Addresses of ours: of a job's result, and of its fetch."""

    result: str
    fetch: str


VendorAnswer = (
    SuccessVideoFaceSwapResponse | ProcessingVideoFaceSwapResponse | FailedVideoFaceSwapResponse
)


def answer_of(job: Job, links: VendorLinks, eta: int) -> VendorAnswer:
    """What has become of a job that was asked for here; `eta` is in seconds."""
    vendor = _vendor(job)
    if job.result:
        return SuccessVideoFaceSwapResponse(**_success(job, links.result))
    if job.is_final:
        return FailedVideoFaceSwapResponse(id=vendor.number, message=_failure(job))
    return ProcessingVideoFaceSwapResponse(
        eta=eta,
        fetch_result=links.fetch,
        id=vendor.number,
        meta=_meta(job, links.result),
        future_links=[links.result],
    )


def webhook_body(job: Job, link: Callable[[str], str]) -> str:
    """What the webhook of a final job says, the same on every try; `link` makes the lasting link to a job's result."""
    vendor = _vendor(job)
    said: SuccessWebhook | FailedWebhook
    if job.result:
        said = SuccessWebhook(**_success(job, link(job.job_id)), track_id=vendor.track_id)
    else:
        said = FailedWebhook(id=vendor.number, message=_failure(job), track_id=vendor.track_id)
    return said.model_dump_json(by_alias=True)


def told(faults: Sequence[Fault]) -> str:
    """Faults in one text, each with the name of its field."""
    return " ".join(
        f"{_field(fault.pointer)}: {fault.detail.removeprefix(_OURS)}." for fault in faults
    )


def _field(pointer: str) -> str:
    return "webhook" if pointer == _CALLBACK_URL else pointer.removeprefix("#/")


def _vendor(job: Job) -> VendorRequest:
    if job.vendor is None:
        raise ValueError("the job was not asked for by the vendor's contract")
    return job.vendor


def _success(job: Job, link: str) -> dict[str, Any]:
    return {
        "generationTime": _generation_time(job),
        "id": _vendor(job).number,
        "output": [link],
        "proxy_links": [link],
        "meta": _meta(job, link),
    }


def _generation_time(job: Job) -> float:
    """As the provider tells, or else how long it had the job."""
    if job.generation_time is not None:
        return job.generation_time
    begin, end = job.accepted_at or job.submitted_at, job.finished_at
    return round((end - begin).total_seconds(), 1) if begin and end else 0.0


def _meta(job: Job, link: str) -> Meta:
    track_id = _vendor(job).track_id
    return Meta(
        file_prefix=job.job_id,
        outdir=_OUTDIR,
        output_format=job.output_format,
        reference_image=job.media["reference_image"].source,
        seed=_NO_SEED,
        source_image=job.media["init_image"].source,
        target_video_url=job.media["init_video"].source,
        watermark="yes" if job.watermark else "no",
        webhook=without_query(job.callback_url) if job.callback_url else None,
        track_id=None if track_id is None else str(track_id),
        output=[link],
    )


def _failure(job: Job) -> str:
    """Why there is no video: our words, and the provider's own."""
    failure: Failure | None = job.error
    if failure is None:
        return _CANCELLED
    return f"{failure.detail} {failure.upstream}" if failure.upstream else failure.detail
