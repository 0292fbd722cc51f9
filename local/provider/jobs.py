"""What the server knows of one job."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from local.provider.behaviour import Behaviour
from local.provider.duration_estimates import DurationEstimate
from local.provider.requests import Submit

Family = Literal["faceswap", "deepfake"]
"""Under which of its names the endpoint was called; the second is the older one."""

Status = Literal["processing", "success", "failed"]


class Customer(NamedTuple):
    """By what a job is known before it is one: its video, its sender's name for it, and which in order it was."""

    init_video: str
    track_id: int | None
    order: int


@dataclass
class Job:
    """One generation. `eta` and `generation_time` are seconds; `order` counts the jobs that were asked for.

    `begun` counts how often it was begun, `told` says that its webhooks are out.
    """

    id: int
    order: int
    submit: Submit
    family: Family
    behaviour: Behaviour
    output_url: str
    eta: int = 0
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: Status = "processing"
    begun: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None
    generation_time: float = 0.0
    error: str | None = None
    progress: dict[str, Any] | None = None
    fetches: int = 0
    deleted: bool = False
    told: bool = False
    webhooks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def customer(self) -> Customer:
        """By what it was known before."""
        return Customer(self.submit.init_video, self.submit.track_id, self.order)

    @property
    def frames(self) -> int | None:
        """How many frames its video has, once that is known."""
        return self.progress["frames"] if self.progress else None

    def begin(self, now: datetime) -> None:
        """Begin, perhaps once more."""
        self.begun += 1
        self.began_at, self.progress = now, None

    def end(self, now: datetime, error: str | None = None) -> None:
        """End it: with success unless there is an error."""
        self.ended_at, self.error = now, error
        self.status = "success" if error is None else "failed"
        if self.began_at:
            self.generation_time = (now - self.began_at).total_seconds()

    def seconds_left(self, estimate: DurationEstimate, now: datetime) -> float:
        """How long it still needs, from when it gets a place."""
        canned = self.behaviour.result == "canned"
        whole = self.behaviour.seconds if canned else estimate.seconds(self.frames)
        return (
            whole
            if self.began_at is None
            else max(1.0, whole - (now - self.began_at).total_seconds())
        )

    def expired(self, now: datetime, lifetime: timedelta) -> bool:
        """Whether its result is kept no longer."""
        return self.ended_at is not None and now >= self.ended_at + lifetime
