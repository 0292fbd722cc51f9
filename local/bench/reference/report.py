"""What a swap tells its caller: how far it is, and what it did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias


class Progress(NamedTuple):
    """How many of a stage's frames are done."""

    stage: Literal["analyse", "swap"]
    frame: int
    frames: int


ProgressCallback: TypeAlias = Callable[[Progress], None]


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
    distances: tuple[float, ...]
    """How far each replaced appearance is from the reference picture; below 0.6: the same person."""
