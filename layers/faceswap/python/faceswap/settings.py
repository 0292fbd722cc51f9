"""What the functions are told by their environment, checked when they start."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from faceswap.rules.job import Deadlines, Retention
from faceswap.rules.media import UploadLimits
from faceswap.rules.schedule import PollLimits

if TYPE_CHECKING:
    from faceswap.rules.quotas import Quotas


class SettingsError(Exception):
    """A variable of the environment is missing or malformed; the text names it, never its value."""


_DAY = 86_400


def least_retention_days(upload_seconds: int, queue_seconds: int) -> int:
    """How many days uploads must be kept at least: both deadlines until a job is sent, and a day."""
    return -(-(upload_seconds + queue_seconds) // _DAY) + 1


class Settings(BaseModel):
    """Both functions' common settings; each field is the variable of the same name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    jobs_table: str = Field(min_length=1)
    media_bucket: str = Field(min_length=1)
    provider_base_url: str = Field(pattern=r"^https?://")
    provider_key_secret_arn: str = Field(min_length=1)
    webhook_secret_arn: str = Field(min_length=1)
    callback_secret_arn: str = Field(min_length=1)
    receipt_secret_arn: str = Field(min_length=1)
    callback_queue_url: str = Field(min_length=1)
    state_machine_arn: str = Field(min_length=1)
    submitting_enabled: bool
    provider_concurrency: int = Field(ge=1)
    allow_loopback_urls: bool
    first_poll_seconds: int = Field(ge=1)
    max_poll_seconds: int = Field(ge=1)
    job_deadline_seconds: int = Field(ge=1)
    input_url_seconds: int = Field(ge=1)
    job_retention_days: int = Field(ge=1)
    receipt_retention_days: int = Field(ge=1)
    events_out: Literal["callbacks", "all"]
    price_per_job: Decimal = Field(ge=0)
    price_currency: str = Field(pattern=r"^[A-Z]{3}$")
    daily_budget: Decimal = Field(ge=0)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings that the environment holds.

        Raises:
            SettingsError: names each variable that is missing or malformed.
        """
        fields = {
            name: environment[name.upper()]
            for name in cls.model_fields
            if name.upper() in environment
        }
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            faults = (f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
            raise SettingsError("; ".join(faults)) from None

    @property
    def retention(self) -> Retention:
        """How long jobs are kept."""
        return Retention(self.job_retention_days, self.receipt_retention_days)

    @property
    def poll_limits(self) -> PollLimits:
        """The bounds of the time between polls."""
        return PollLimits(first=self.first_poll_seconds, longest=self.max_poll_seconds)


class JobsSettings(Settings):
    """The settings of the jobs function."""

    public_docs: bool
    audit_log: bool
    upload_deadline_seconds: int = Field(ge=1)
    queue_deadline_seconds: int = Field(ge=1)
    max_video_bytes: int = Field(ge=1)
    max_image_bytes: int = Field(ge=1)
    max_video_seconds: int = Field(ge=1)
    upload_retention_days: int = Field(ge=1)
    inbox_retention_days: int = Field(ge=1)
    input_links: Literal["redirect", "presigned"]
    jobs_bus: str = Field(min_length=1)
    public_base_url: str
    result_retention_days: int = Field(ge=1)
    owner_jobs_per_day: int = Field(ge=0)
    owner_open_jobs: int = Field(ge=0)
    owner_upload_bytes_per_day: int = Field(ge=0)
    owner_requests_per_minute: int = Field(ge=0, le=60_000)

    @field_validator("upload_retention_days", "inbox_retention_days")
    @classmethod
    def _outlives_the_deadlines(cls, days: int, known: ValidationInfo) -> int:
        """Files that are erased while their job waits would end it after days, for nothing."""
        upload, queue = (known.data.get(f"{name}_deadline_seconds") for name in ("upload", "queue"))
        if upload and queue and days < least_retention_days(upload, queue):
            least = least_retention_days(upload, queue)
            raise ValueError(f"must be at least {least}, both deadlines and a day")
        return days

    @field_validator("result_retention_days")
    @classmethod
    def _can_be_deleted(cls, days: int, known: ValidationInfo) -> int:
        """A result that outlived its job could not be deleted by its owner any more."""
        job_days = known.data.get("job_retention_days")
        if job_days and days > job_days:
            raise ValueError(f"must be at most {job_days}, the days for which jobs are kept")
        return days

    @property
    def deadlines(self) -> Deadlines:
        """How long jobs may stay."""
        return Deadlines(
            upload=self.upload_deadline_seconds,
            queue=self.queue_deadline_seconds,
            job=self.job_deadline_seconds,
        )

    @property
    def price(self) -> tuple[Decimal, str] | None:
        """What the provider charges for a job, and in which currency; None if nobody said."""
        return (self.price_per_job, self.price_currency) if self.price_per_job else None

    @property
    def limits_owners(self) -> bool:
        """Whether anything limits what an owner may do."""
        limits = (self.owner_jobs_per_day, self.owner_open_jobs, self.owner_upload_bytes_per_day)
        return any(limits)

    @property
    def counts_usage(self) -> bool:
        """Whether anything is counted of owners."""
        return self.limits_owners or self.price_per_job > 0

    @property
    def quotas(self) -> "Quotas":
        """What one owner may do; 0 limits nothing."""
        from faceswap.rules.quotas import Quotas

        return Quotas(
            jobs_a_day=self.owner_jobs_per_day or None,
            open_jobs=self.owner_open_jobs or None,
            upload_bytes_a_day=self.owner_upload_bytes_per_day or None,
        )

    @property
    def upload_limits(self) -> UploadLimits:
        """The largest uploads."""
        return UploadLimits(video=self.max_video_bytes, image=self.max_image_bytes)


class ResultsSettings(Settings):
    """The settings of the results function."""

    max_result_bytes: int = Field(ge=1)
    callback_dead_letters_url: str = Field(min_length=1)
    callback_retry_seconds: str = Field(pattern=r"^[1-9][0-9]*(,[1-9][0-9]*)*$")

    @property
    def callback_schedule(self) -> tuple[int, ...]:
        """Seconds from each try of a callback to the next."""
        return tuple(int(seconds) for seconds in self.callback_retry_seconds.split(","))
