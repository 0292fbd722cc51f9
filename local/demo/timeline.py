"""What happened to a job, as a table: each status, who caused it, how long it lasted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

_CAUSES = {
    "queued": "Submit task: all uploads are there",
    "submitting": "Submit task: the one request goes out",
    "processing": "Submit task: the provider accepted the job",
    "succeeded": "Collect task: the result is archived",
    "failed": "Collect task",
}
_CLIENT = "the client: POST /v1/jobs"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `status` only where it changed the job's status."""

    at: datetime
    what: str
    cause: str
    status: str | None = None


def timeline(writes: Sequence[dict[str, Any]], steps: Sequence[dict[str, Any]]) -> list[Entry]:
    """All that happened to a job, in order, out of what `records` reads."""
    return sorted([*_of_writes(writes), *_of_steps(steps)], key=lambda entry: entry.at)


def table(found: Sequence[Entry]) -> str:
    """A timeline as text: when, what, who caused it, and how long each status lasted."""
    start = found[0].at
    lasts = _durations(found)
    lines = [f"{'at':>9}  {'what':<14} {'lasted':>9}  caused by"]
    for number, entry in enumerate(found):
        lasted = f"{lasts[number]:.2f} s" if number in lasts else ""
        what = entry.what if entry.status else f"  {entry.what}"
        seconds = (entry.at - start).total_seconds()
        lines.append(f"{seconds:>7.2f} s  {what:<14} {lasted:>9}  {entry.cause}")
    return "\n".join(lines) + "\n"


def _durations(found: Sequence[Entry]) -> dict[int, float]:
    """For how many seconds each status lasted, by the entry's number; the last one lasts."""
    changes = [number for number, entry in enumerate(found) if entry.status]
    return {
        number: (found[following].at - found[number].at).total_seconds()
        for number, following in pairwise(changes)
    }


def _of_writes(records: Sequence[dict[str, Any]]) -> Iterator[Entry]:
    """What each write to the job's item says of itself."""
    old: dict[str, Any] | None = None
    for record in records:
        new, before = record["NewImage"], old
        old = new
        change, status = new["change"]["S"], new["status"]["S"]
        at = record["ApproximateCreationDateTime"]
        if change == "status":
            cause = _cause(before["status"]["S"], status) if before else _CLIENT
            yield Entry(datetime.fromisoformat(new["updated_at"]["S"]), status, cause, status)
        elif change == "wake":
            heard = [new[name]["M"]["at"]["S"] for name in new if name.startswith("evidence_")]
            moment = datetime.fromisoformat(max(heard)) if heard else at
            yield Entry(moment, "woken", "the provider's webhook" if heard else "an upload landed")
        elif change == "note":
            yield Entry(at, "noted", "Collect task: a look that failed")


def _cause(old: str, new: str) -> str:
    if (old, new) == ("submitting", "queued"):
        return "Submit task: the provider started nothing; it is asked again later"
    return _CAUSES[new]


def _of_steps(events: Sequence[dict[str, Any]]) -> Iterator[Entry]:
    """The tasks and waits that the execution entered."""
    for event in events:
        name = event.get("stateEnteredEventDetails", {}).get("name", "")
        if event["type"] == "TaskStateEntered" and name.startswith("Wait"):
            yield Entry(
                event["timestamp"], "asleep", "the state machine: until woken or time to poll"
            )
        elif event["type"] == "TaskStateEntered":
            yield Entry(event["timestamp"], f"{name} begins", "the state machine")
        elif event["type"] == "ExecutionStarted":
            yield Entry(event["timestamp"], "execution", "the table's stream: a job was inserted")
