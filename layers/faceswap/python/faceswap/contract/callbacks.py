"""Callbacks: what a client asks for, what is posted to its address, and what it can read about that."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from faceswap.contract.jobs import JobView, view_of
from faceswap.rules.callbacks import Delivery, message_id
from faceswap.rules.job import Job
from faceswap.rules.times import Time, is_moment

CallbackState = Literal["none", "waiting", "pending", "delivered", "gone", "exhausted"]
EndType = Literal["job.succeeded", "job.failed", "job.cancelled"]


class CallbackBody(BaseModel):
    """What is posted once a job is final, signed by Standard Webhooks' headers.

    At least once, so a receiver drops a `webhook-id` that it knows; the body is the same on every try.
    """

    model_config = ConfigDict(extra="forbid")

    type: EndType
    timestamp: Time = Field(description="When the job ended.")
    data: JobView = Field(
        description="The job as `GET` shows it; the provider's id only where it had accepted the job."
    )


_TYPES: dict[str, EndType] = {
    "succeeded": "job.succeeded",
    "failed": "job.failed",
    "cancelled": "job.cancelled",
}


def callback_body(job: Job, link: Callable[[str], str]) -> str:
    """What is posted of a final job, the same on every try: what is learned of it after its end is left out.

    `link` makes the lasting link to a job's result.
    """
    view = view_of(job, link)
    if job.accepted_at is None:
        view.root.provider.request_id = None
    body = CallbackBody(type=_TYPES[job.status], timestamp=job.updated_at, data=view)
    return body.model_dump_json()


class TryView(BaseModel):
    """One try."""

    at: Time
    seconds: float = Field(description="How long it took.")
    http_status: int | None = Field(description="What the receiver answered, if it did.")
    trouble: str | None = Field(description="Why it was none, in our words.")
    answer: str | None = Field(description="The beginning of the receiver's answer.")


class CallbackView(BaseModel):
    """What has become of a job's callback."""

    job_id: str
    status: CallbackState = Field(
        description="`none`: the job names no callback; `waiting`: it is not final; `gone`: the receiver said 410; "
        "`exhausted`: no try was left."
    )
    webhook_id: str | None = Field(
        description="The same on every try; null until the job is final."
    )
    next_at: Time | None = Field(description="When the next try comes, if one is planned.")
    given_up_at: Time | None = Field(description="When it was given up.")
    tries: list[TryView] = Field(description="The last ones, the oldest first.")


class CallbackList(BaseModel):
    """Callbacks that were given up, the newest first."""

    items: list[CallbackView]
    next_cursor: str | None = Field(description="Where the list goes on; null at its end.")


_YEARS = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-"
"""Of the years that `is_moment` takes."""


def _moment(value: object) -> object:
    if not isinstance(value, str) or not is_moment(value):
        raise ValueError(
            "must be a time as RFC 3339 has it, with its offset, of the years 1970 to 9998"
        )
    return value


class RecoverRequest(BaseModel):
    """Which callbacks are to be sent again."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Time, BeforeValidator(_moment)] = Field(
        description="Those that were given up at this time or later.",
        json_schema_extra={"pattern": _YEARS},
    )


class Recovered(BaseModel):
    """How many callbacks are sent again."""

    count: int = Field(description="At most 1,000: ask again for the rest.")


class CallbackSecret(BaseModel):
    """A secret that signs the caller's callbacks."""

    secret: Annotated[str, Field(pattern=r"^whsec_[A-Za-z0-9+/]{43}=$")]
    until: Time | None = Field(description="Until when it signs; null for the newest.")


class CallbackSecrets(BaseModel):
    """The secrets that sign the caller's callbacks, the newest first; each callback is signed by all of them."""

    secrets: list[CallbackSecret]


def callback_view(job: Job, delivery: Delivery | None) -> CallbackView:
    """What has become of a job's callback, as its owner sees it."""
    if delivery:
        return delivery_view(delivery)
    if not job.has_callback:
        return _nothing_yet(job, "none")
    return _nothing_yet(job, "pending" if job.is_final else "waiting")


def delivery_view(delivery: Delivery) -> CallbackView:
    """What has become of a callback that was tried."""
    return CallbackView(
        job_id=delivery.job_id,
        status=delivery.status,
        webhook_id=message_id(delivery.job_id, delivery.version),
        next_at=delivery.next_at,
        given_up_at=delivery.given_up_at,
        tries=[TryView.model_validate(each.model_dump()) for each in delivery.log],
    )


def _nothing_yet(job: Job, status: CallbackState) -> CallbackView:
    webhook_id = message_id(job.job_id, job.version) if status == "pending" else None
    return CallbackView(
        job_id=job.job_id,
        status=status,
        webhook_id=webhook_id,
        next_at=None,
        given_up_at=None,
        tries=[],
    )
