"""Errors as clients see them (RFC 9457), and the exceptions that become them.

ProblemError
├── InvalidError              422 invalid: a pointer for each fault
├── IdempotencyMismatchError  422 idempotency-mismatch
├── MalformedError            400 malformed
├── NotFoundError             404 not-found
├── ConflictError             409 conflict
├── GoneError                 410 gone
├── ForbiddenError            403
├── TooLargeError             413
└── NotJsonTypeError          415

Those without a name are `about:blank`: the status says it all.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

PROBLEM_JSON = "application/problem+json"
ProblemType = Literal[
    "about:blank",
    "/problems/malformed",
    "/problems/invalid",
    "/problems/idempotency-mismatch",
    "/problems/not-found",
    "/problems/conflict",
    "/problems/gone",
    "/problems/internal",
]
_MEANINGS = {
    "about:blank": "The status says it all: 403, 413, 415.",
    "/problems/malformed": "The body is not JSON.",
    "/problems/invalid": "The request is not what is asked for; `errors` tells of each fault.",
    "/problems/idempotency-mismatch": "The `Idempotency-Key` belongs to another request.",
    "/problems/not-found": "There is no such thing, or it is not the caller's.",
    "/problems/conflict": "The state of the thing does not allow it.",
    "/problems/gone": "It was here, and is not kept any longer.",
    "/problems/internal": "Something went wrong here; the request may be repeated.",
}


def told(meanings: dict[str, str]) -> str:
    """A Markdown list of values and what each means."""
    return "".join(f"\n- `{value}`: {meaning}" for value, meaning in meanings.items())


class Fault(BaseModel):
    """One thing wrong in a request."""

    pointer: str = Field(description="JSON pointer to the field, `#` for the request itself.")
    detail: str


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: ProblemType = Field(description=f"What kind of problem.\n{told(_MEANINGS)}")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="Names this one occurrence.")
    errors: list[Fault] | None = Field(
        default=None, description="Each fault of a request that does not validate."
    )


class GatewayError(BaseModel):
    """What the gateway itself refuses: 401, 403, 413, 429 and unknown routes; and 500, where no function answered."""

    message: str


class ProblemError(Exception):
    """An error with words for the client."""

    status: ClassVar[int] = 500
    type: ClassVar[ProblemType] = "/problems/internal"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)

    def document(self, instance: str) -> Problem:
        """The problem as a document; `instance` names the occurrence."""
        return Problem(
            type=self.type,
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.faults or None,
        )


class InvalidError(ProblemError):
    """The request is JSON, but not what is asked for."""

    status = 422
    type = "/problems/invalid"
    title = "The request does not validate"


class IdempotencyMismatchError(ProblemError):
    """The idempotency key belongs to another request."""

    status = 422
    type = "/problems/idempotency-mismatch"
    title = "The idempotency key was used for another request"


class MalformedError(ProblemError):
    """The body is not JSON."""

    status = 400
    type = "/problems/malformed"
    title = "The body is not JSON"


class NotFoundError(ProblemError):
    """There is no such thing, or it is not the caller's."""

    status = 404
    type = "/problems/not-found"
    title = "Not found"


class ConflictError(ProblemError):
    """The state of the thing does not allow it."""

    status = 409
    type = "/problems/conflict"
    title = "The state does not allow this"


class GoneError(ProblemError):
    """It was here, and is not kept any longer."""

    status = 410
    type = "/problems/gone"
    title = "Gone"


class TooLargeError(ProblemError):
    """The body is larger than allowed."""

    status = 413
    type = "about:blank"
    title = "Content Too Large"


class NotJsonTypeError(ProblemError):
    """The body's content type is another than JSON."""

    status = 415
    type = "about:blank"
    title = "Unsupported Media Type"


class ForbiddenError(ProblemError):
    """The token is valid, but does not say who speaks."""

    status = 403
    type = "about:blank"
    title = "Forbidden"
