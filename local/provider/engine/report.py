"""What a swap tells its caller: how far it is, and what it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias


class Progress(NamedTuple):
    """How many of a stage's frames are done."""

    stage: Literal["analyse", "swap"]
    frame: int
    frames: int


ProgressCallback: TypeAlias = Callable[[Progress], None]


class Face(NamedTuple):
    """A face that was followed through some of the video."""

    first: int
    last: int
    """Numbers of its frames."""
    distance: float
    """How far it is from the reference picture; small for the same person."""
    replaced: bool


@dataclass(frozen=True)
class Report:
    """What was made."""

    frames: int
    swapped_frames: int
    width: int
    height: int
    fps: float
    seconds: float
    """How long the swap took."""
    faces: tuple[Face, ...]
    """All faces of the video, as they appear."""
    stages: Mapping[str, float]
    """How many seconds each stage was busy; some work at the same time."""
    notes: tuple[str, ...] = ()
    """What of the video does not come along, or was not done."""

    @property
    def distances(self) -> tuple[float, ...]:
        """How far each replaced appearance is from the reference picture, closest first."""
        return tuple(sorted(face.distance for face in self.faces if face.replaced))
