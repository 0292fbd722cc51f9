"""What the core asks of whoever drives it: a request, a pause, a token, or something that takes a while.

The core is a generator of these. It is told the outcome of each, a `NetworkError` by being thrown into it; it opens
no connection, looks at no clock of its own and draws no random number.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from faceswap_adapter.files import Incoming, Section

T = TypeVar("T")


@dataclass(frozen=True)
class Request:
    """One HTTP request. The body of a 2xx goes `into` a file, if there is one."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Section | None = None
    into: Incoming | None = None


@dataclass(frozen=True)
class Response:
    """Its answer; header names in lower case. `body` is empty where it went into a file."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Sleep:
    """A pause of so many seconds."""

    seconds: float


@dataclass(frozen=True)
class AskToken:
    """The caller's token, from the function that he gave."""


@dataclass(frozen=True)
class Work:
    """Something that blocks, such as reading a file; the outcome is what it returns."""

    function: Callable[[], Any]


Step = Request | Sleep | AskToken | Work
Steps = Generator[Step, Any, T]
"""What is to be done until there is a T."""
