"""Points at which a process dies, and the files by which the functions learn of them."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

When = Literal["before", "after"]


class Call(NamedTuple):
    """The nth call of this name in one invocation of this kind; `invocation` is the whole of it."""

    kind: str
    name: str
    nth: int


@dataclass(frozen=True)
class Point:
    """Where to die, or where to be held until the test has done something."""

    call: Call
    when: When
    holds: bool = False

    def __str__(self) -> str:
        nth = f" ({self.call.nth})" if self.call.nth > 1 else ""
        return f"{self.call.kind}: {self.when} {self.call.name}{nth}"


def kinds_of(point: Point) -> set[tuple[str, ...]]:
    """What the point is one of: of deaths in this kind of event, and of deaths at this kind of call."""
    kind, name, _ = point.call
    return {("event", kind, point.when), ("call", name, point.when)}


USUAL = frozenset(
    {
        *[("event", kind) for kind in ("submit", "collect", "starter", "landed")],
        ("event", "POST /v1/webhooks/modelslab/{job_id}/{token}"),
        ("event", "POST /v1/jobs/{job_id}/cancel"),
        ("event", "DELETE /v1/jobs/{job_id}"),
        ("call", "invocation"),
        *[("call", f"provider.{name}") for name in ("submit", "fetch", "download", "delete")],
        *[("call", f"dynamodb.{name}Item") for name in ("Get", "Put", "Update", "Delete")],
        ("call", "dynamodb.BatchGetItem"),
        *[("call", f"s3.{name}Object") for name in ("Head", "Put", "Delete")],
        ("call", "s3.ListObjectsV2"),
        *[("call", f"stepfunctions.{name}") for name in ("StartExecution", "SendTaskSuccess")],
        ("call", "secretsmanager.GetSecretValue"),
    }
)
"""The events and calls at which functions die in a job's usual lives already."""


def rarer_kinds_of(point: Point) -> set[tuple[str, ...]]:
    """The kinds of which the point is one and that no usual life shows."""
    return {kind for kind in kinds_of(point) if kind[:2] not in USUAL}


class Plan:
    """One run's file; what the functions see of the run is found beside it."""

    def __init__(self, folder: Path, name: str, point: Point | None = None) -> None:
        self._path = folder / f"{name}.json"
        self._point = point
        self._markers: list[str] = []

    def watch(self, *markers: str) -> None:
        """An event with one of these words belongs to the run."""
        self._markers += markers
        said: dict[str, object] = {"markers": self._markers, "point": None}
        if self._point:
            kind, name, nth = self._point.call
            rest = asdict(self._point)
            said["point"] = {"kind": kind, "call": name, "nth": nth} | {
                field: rest[field] for field in ("when", "holds")
            }
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(said))
        fresh.rename(self._path)

    def seen(self) -> list[Call]:
        """Each call that was made, in order."""
        seen = self._path.with_suffix(".seen")
        lines = seen.read_text().splitlines() if seen.exists() else []
        return [Call(*json.loads(line)) for line in lines]

    @property
    def holds(self) -> bool:
        """Whether an invocation is held, and not killed."""
        return self._point is not None and self._point.holds

    @property
    def is_done(self) -> bool:
        """Whether somebody died, or stands there held."""
        return self._path.with_suffix(".done").exists()

    @property
    def done_at(self) -> datetime:
        """When somebody died, or stood held."""
        return datetime.fromtimestamp(self._path.with_suffix(".done").stat().st_mtime, UTC)

    def release(self, *, dies: bool = False) -> None:
        """Let who is held go on, or die."""
        fresh = self._path.with_suffix(".released")
        fresh.write_text("die" if dies else "live")
        fresh.rename(self._path.with_suffix(".go"))

    def end(self) -> None:
        """No further event belongs to the run."""
        self._path.unlink()
