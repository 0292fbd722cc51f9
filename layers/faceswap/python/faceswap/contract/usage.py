"""What an owner has used and may use, as he sees it: the answer of `GET /v1/usage`, and the fields `RateLimit`."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, Field

from faceswap.rules.cost import text_of
from faceswap.rules.quotas import DAY_SECONDS, OwnerDay, Policy, PolicyName, Quotas, Usage

_OF_DAYS: dict[PolicyName, str] = {"day": "", "uploads": "", "upload-bytes": ';qu="content-bytes"'}


class LimitsView(BaseModel):
    """The limits of an owner; null where there is none."""

    jobs_a_day: int | None
    open_jobs: int | None
    uploads_a_day: int | None
    upload_bytes_a_day: int | None


class UsageView(BaseModel):
    """What the caller has used; null where nothing is counted."""

    owner: str
    day: date = Field(description="In UTC: the counters of the day begin anew at midnight.")
    jobs: int | None = Field(description="Made today; one that never reached the provider is none.")
    open_jobs: int | None = Field(description="Not over yet.")
    uploads: int | None = Field(description="Reserved today.")
    upload_bytes: int | None = Field(description="Of the uploads that were reserved today.")
    spent: str | None = Field(
        description="What the provider charges for the jobs that were sent today: a decimal number.",
        examples=["1.92"],
    )
    currency: str | None = Field(description="ISO 4217.")
    limits: LimitsView


def usage_view(
    counted: OwnerDay, quotas: Quotas, usage: Usage, currency: str | None = None
) -> UsageView:
    """What an owner has used, as far as it is counted; money only in a `currency`."""
    limits = LimitsView(
        jobs_a_day=quotas.jobs_a_day,
        open_jobs=quotas.open_jobs,
        uploads_a_day=quotas.uploads_a_day,
        upload_bytes_a_day=quotas.upload_bytes_a_day,
    )
    return UsageView(
        owner=counted.owner,
        day=counted.day,
        jobs=None if quotas.jobs_a_day is None else usage.jobs,
        open_jobs=None if quotas.open_jobs is None else usage.open_jobs,
        uploads=usage.uploads if quotas.limits_uploads else None,
        upload_bytes=usage.upload_bytes if quotas.limits_uploads else None,
        spent=None if currency is None else text_of(usage.spent),
        currency=currency,
        limits=limits,
    )


def rate_limit_fields(
    policies: Sequence[Policy], resets_in: int, *, known: bool, a_minute: int = 0
) -> dict[str, str]:
    """`RateLimit-Policy` and, if it is known what is used, `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).

    Args:
        policies: the limits and what is used of them.
        resets_in: seconds until the counters of the day begin anew.
        known: whether `policies` tell what is used.
        a_minute: how many requests may be made a minute; 0 for no limit. Of this only the limit is told.
    """
    told = [*map(_policy, policies), *([f'"minute";q={a_minute};w=60'] if a_minute else [])]
    fields = {"RateLimit-Policy": ", ".join(told)} if told else {}
    if known and policies:
        fields["RateLimit"] = ", ".join(_left(policy, resets_in) for policy in policies)
    return fields


def _policy(policy: Policy) -> str:
    unit = _OF_DAYS.get(policy.name)
    window = ';qu="concurrent-requests"' if unit is None else f"{unit};w={DAY_SECONDS}"
    return f'"{policy.name}";q={policy.limit}{window}'


def _left(policy: Policy, resets_in: int) -> str:
    resets = f";t={resets_in}" if policy.name in _OF_DAYS else ""
    return f'"{policy.name}";r={policy.left}{resets}'
