"""Errors as clients see them (RFC 9457), and the exceptions that become them.

ProblemError
├── InvalidError              422 invalid: a pointer for each fault
├── IdempotencyMismatchError  422 idempotency-mismatch
├── MalformedError            400 malformed
├── NotFoundError             404 not-found
├── ConflictError             409 conflict
├── GoneError                 410 gone
├── ForbiddenError            403
└── TooLargeError             413
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

PROBLEM_JSON = "application/problem+json"


class Fault(BaseModel):
    """One thing wrong in a request."""

    pointer: str = Field(description="JSON pointer to the field, `#` for the request itself.")
    detail: str


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    type: str = Field(description="What kind of problem, a path below `/problems/`.")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="Names this one occurrence.")
    errors: list[Fault] | None = Field(
        default=None, description="Each fault of a request that does not validate."
    )


class JobProblem(BaseModel):
    """Why a job failed."""

    type: str
    title: str
    detail: str
    upstream: str | None = Field(
        default=None, description="The provider's own words, URLs replaced."
    )


class GatewayError(BaseModel):
    """What the gateway itself refuses: 401, 403, 413, 429 and unknown routes."""

    message: str


class ProblemError(Exception):
    """An error with words for the client."""

    status: ClassVar[int] = 500
    name: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)

    def document(self, instance: str) -> Problem:
        """The problem as a document; `instance` names the occurrence."""
        return Problem(
            type=f"/problems/{self.name}" if self.name else "about:blank",
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.faults or None,
        )


class InvalidError(ProblemError):
    """The request is JSON, but not what is asked for."""

    status = 422
    name = "invalid"
    title = "The request does not validate"


class IdempotencyMismatchError(ProblemError):
    """The idempotency key belongs to another request."""

    status = 422
    name = "idempotency-mismatch"
    title = "The idempotency key was used for another request"


class MalformedError(ProblemError):
    """The body is not JSON."""

    status = 400
    name = "malformed"
    title = "The body is not JSON"


class NotFoundError(ProblemError):
    """There is no such thing, or it is not the caller's."""

    status = 404
    name = "not-found"
    title = "Not found"


class ConflictError(ProblemError):
    """The state of the thing does not allow it."""

    status = 409
    name = "conflict"
    title = "The state does not allow this"


class GoneError(ProblemError):
    """It was here, and is not kept any longer."""

    status = 410
    name = "gone"
    title = "Gone"


class TooLargeError(ProblemError):
    """The body is larger than allowed."""

    status = 413
    name = ""
    title = "Content Too Large"


class ForbiddenError(ProblemError):
    """The token is valid, but does not say who speaks."""

    status = 403
    name = ""
    title = "Forbidden"
