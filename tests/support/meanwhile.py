"""Let somebody else act at a given moment of a use case."""

from collections.abc import Callable
from typing import Any


def meanwhile(part: object, call: str, act: Callable[[], object]) -> None:
    """Let somebody act just before this part is called so for the first time."""
    real = getattr(part, call)

    def after_that(*args: Any, **fields: Any) -> Any:
        setattr(part, call, real)
        act()
        return real(*args, **fields)

    setattr(part, call, after_that)
