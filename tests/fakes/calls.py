"""What every fake does before a call."""

from collections.abc import Callable

Before = Callable[[str], None]


def at_once(_method: str) -> None:
    """Nobody is between the caller and the call."""
