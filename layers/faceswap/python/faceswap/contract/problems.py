"""Errors as clients see them (RFC 9457): one table maps each domain error to its status, type and title.

The OpenAPI document, its examples and every answer are made from the table: a new problem is one line here.
"""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from faceswap.rules.errors import (
    ConflictError,
    DomainError,
    Fault,
    GoneError,
    IdempotencyMismatchError,
    InvalidError,
    MalformedError,
    MediaTypeError,
    NotFoundError,
    QuotaError,
    TooLargeError,
    UnavailableError,
    UnknownCallerError,
)

PROBLEM_JSON = "application/problem+json"
_BLANK = "about:blank"


class ProblemKind(NamedTuple):
    """How one domain error looks on the wire. Without a slug the status says it all."""

    error: type[DomainError]
    status: int
    slug: str | None
    title: str
    meaning: str

    @property
    def type(self) -> str:
        """The problem type, a URI reference."""
        return f"/problems/{self.slug}" if self.slug else _BLANK


PROBLEMS = (
    ProblemKind(MalformedError, 400, "malformed", "The body is not JSON", "The body is not JSON."),
    ProblemKind(UnknownCallerError, 403, None, "Forbidden", "The token does not say who speaks."),
    ProblemKind(
        NotFoundError,
        404,
        "not-found",
        "Not found",
        "There is no such thing, or it is not the caller's.",
    ),
    ProblemKind(
        ConflictError,
        409,
        "conflict",
        "The state does not allow this",
        "The state of the thing does not allow it.",
    ),
    ProblemKind(GoneError, 410, "gone", "Gone", "It was here, and is not kept any longer."),
    ProblemKind(TooLargeError, 413, None, "Content Too Large", "The body is larger than allowed."),
    ProblemKind(
        MediaTypeError,
        415,
        None,
        "Unsupported Media Type",
        "The body's content type is another than JSON.",
    ),
    ProblemKind(
        InvalidError,
        422,
        "invalid",
        "The request does not validate",
        "The request is not what is asked for; `errors` tells of each fault.",
    ),
    ProblemKind(
        IdempotencyMismatchError,
        422,
        "idempotency-mismatch",
        "The idempotency key was used for another request",
        "The `Idempotency-Key` belongs to another request.",
    ),
    ProblemKind(
        QuotaError,
        429,
        "quota",
        "A limit of the caller's is reached",
        "The caller has made as much as he may for now; `violated-policies` names the limits, `Retry-After` a time.",
    ),
    ProblemKind(
        UnavailableError,
        503,
        None,
        "Service Unavailable",
        "It cannot be done at this moment, and nothing was; `Retry-After` says when to ask again.",
    ),
    ProblemKind(
        DomainError,
        500,
        "internal",
        "Something went wrong here",
        "Something went wrong here; the request may be repeated.",
    ),
)
"""Every problem, by status but for the last, which is for whatever is not foreseen."""


def problem_kind(error: DomainError) -> ProblemKind:
    """How an error looks on the wire."""
    return next(kind for kind in PROBLEMS if isinstance(error, kind.error))


def meanings() -> dict[str, str]:
    """What each problem type means."""
    named = {kind.type: kind.meaning for kind in PROBLEMS if kind.slug}
    statuses = ", ".join(str(kind.status) for kind in PROBLEMS if not kind.slug)
    return {_BLANK: f"The status says it all: {statuses}."} | named


def described(values: dict[str, str]) -> str:
    """A Markdown list of values and what each means."""
    return "".join(f"\n- `{value}`: {meaning}" for value, meaning in values.items())


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    model_config = ConfigDict(serialize_by_alias=True)

    type: str = Field(
        description=f"What kind of problem.\n{described(meanings())}",
        json_schema_extra={"enum": list(meanings())},
    )
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="Names this one occurrence.")
    errors: list[Fault] | None = Field(
        default=None, description="Each fault of a request that does not validate."
    )
    violated_policies: list[str] | None = Field(
        default=None,
        serialization_alias="violated-policies",
        description="The limits that are reached, by the names in `RateLimit-Policy`.",
    )


class GatewayError(BaseModel):
    """What the gateway itself refuses: 401, 403, 413, 429 and unknown routes; and 500, where no function answered."""

    message: str


def problem_of(error: DomainError, instance: str) -> Problem:
    """The document that tells of an error; `instance` names the occurrence."""
    kind = problem_kind(error)
    return Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=error.detail,
        instance=instance,
        errors=error.faults or None,
        violated_policies=error.policies or None if isinstance(error, QuotaError) else None,
    )


def problem_headers(error: DomainError) -> dict[str, str]:
    """The headers that go with an error."""
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
