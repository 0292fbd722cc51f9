"""A stack whose functions note what they do, and what they noted."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.stacks import own_stack
from tests.support.world import World

# Where a webhook is lost, the polls do not keep a test long.
PARAMETERS = {
    "CallbackRetrySeconds": "1,1",
    "FirstPollSeconds": "2",
    "MaxPollSeconds": "2",
    "ProviderConcurrency": "5",
}
_HOOK = Path(__file__).parent / "recorder"


@dataclass(frozen=True)
class Call:
    """One call to AWS, or one presigning (`outcome` says so), by a function; `written` are keys of the table."""

    function: str
    kind: str
    invocation: str
    service: str
    operation: str
    outcome: str
    site: str
    names: Mapping[str, Any] = field(default_factory=dict)
    written: Sequence[str] = ()
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function that was answered."""

    function: str
    kind: str
    invocation: str
    milliseconds: float


@dataclass(frozen=True)
class Recorded:
    """The stack, and the file in which its functions note their calls."""

    world: World
    file: Path

    def mark(self) -> int:
        """How much is noted by now."""
        return self.file.stat().st_size

    def lines(self, since: int = 0) -> list[dict[str, Any]]:
        """What was noted since a mark."""
        with self.file.open("rb") as file:
            file.seek(since)
            return [json.loads(line) for line in file]

    def calls(self, since: int = 0) -> list[Call]:
        """The calls since a mark."""
        return [Call(**line) for line in self.lines(since) if "service" in line]

    def invocations(self, since: int = 0) -> list[Invocation]:
        """The invocations that were answered since a mark."""
        return [Invocation(**line) for line in self.lines(since) if "milliseconds" in line]


@contextmanager
def recorded_stack(work: Path, **parameters: str) -> Iterator[Recorded]:
    """A stack of its own whose functions note their calls, with changed parameters."""
    calls = work / "calls.jsonl"
    calls.touch()
    hook = {"FUNCTION_HOOK": "call_recorder", "CALLS_FILE": str(calls)}
    with own_stack(work, PARAMETERS | parameters, hook, [_HOOK]) as world:
        world.behave(result="canned", seconds=0.2)
        yield Recorded(world, calls)
