"""What use cases refuse, in the domain's words: no status, no wire form. `contract.problems` maps them to HTTP.

DomainError
├── MalformedError            what came cannot be parsed
├── InvalidError              it can, but is not what is asked for: a pointer for each fault
├── IdempotencyMismatchError  the idempotency key belongs to another request
├── NotFoundError             there is no such thing, or it is not the caller's
├── ConflictError             the state of the thing does not allow it
├── GoneError                 it was here, and is not kept any longer
├── QuotaError               the owner has had what he may have for now
├── TooLargeError             there is more of it than is read
├── MediaTypeError            the body is declared as something else than JSON
├── UnknownCallerError        the token does not say who speaks
└── UnavailableError          it cannot be done at this moment, and nothing was
"""

from collections.abc import Sequence

from pydantic import BaseModel, Field


class Fault(BaseModel):
    """One thing wrong in a request."""

    pointer: str = Field(description="JSON pointer to the field, `#` for the request itself.")
    detail: str


class DomainError(Exception):
    """A refusal with words for whoever asked.

    `faults` tell of each field, `retry_after` after how many seconds asking again may help, if that is known.
    """

    def __init__(
        self, detail: str, faults: Sequence[Fault] = (), *, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = list(faults)
        self.retry_after = retry_after


class MalformedError(DomainError):
    """What came cannot be parsed."""


class InvalidError(DomainError):
    """It can be parsed, but is not what is asked for."""


class IdempotencyMismatchError(DomainError):
    """The idempotency key belongs to another request."""


class NotFoundError(DomainError):
    """There is no such thing, or it is not the caller's."""


class ConflictError(DomainError):
    """The state of the thing does not allow it."""


class GoneError(DomainError):
    """It was here, and is not kept any longer."""


class QuotaError(DomainError):
    """The owner has had what he may have for now: `policies` names each limit that is reached."""

    def __init__(self, detail: str, *, policies: Sequence[str], retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.policies = list(policies)


class TooLargeError(DomainError):
    """There is more of it than is read."""


class MediaTypeError(DomainError):
    """The body is declared as something else than JSON."""


class UnknownCallerError(DomainError):
    """The token is valid, but does not say who speaks."""


class UnavailableError(DomainError):
    """It cannot be done at this moment, and nothing was: asking again helps."""
