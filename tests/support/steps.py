"""What the events of an execution say."""

from typing import Any


def timed_out(event: dict[str, Any]) -> bool:
    """Whether a wait ended by its time-out, and not by a wake-up."""
    failed = event.get("taskFailedEventDetails", event.get("taskTimedOutEventDetails", {}))
    return bool(failed.get("error") == "States.Timeout")
