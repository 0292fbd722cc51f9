"""How long a job takes: measured on those that are over, and what follows for those in line. No clock is read here."""

import heapq
import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

LAST = 20
"""So many jobs are looked back on."""


class DurationEstimate(NamedTuple):
    """What one job took, or what jobs take: frames, and seconds for each."""

    frames: int
    seconds_per_frame: float

    def seconds(self, frames: int | None = None) -> float:
        """What a job of so many frames takes; one of the usual length, if that is not known yet."""
        return self.seconds_per_frame * (self.frames if frames is None else frames)


UNMEASURED = DurationEstimate(frames=150, seconds_per_frame=0.1)


def measured(done: Iterable[tuple[int, float]]) -> DurationEstimate:
    """The usual cost, out of the frames and the seconds of jobs that are over, the last one last."""
    known = [job for job in done if job[0] > 0][-LAST:]
    if not known:
        return UNMEASURED
    frames = sum(frames for frames, _ in known)
    seconds = sum(seconds for _, seconds in known)
    return DurationEstimate(round(median(frames for frames, _ in known)), seconds / frames)


def wait(ahead: Sequence[float], own: float, at_once: int) -> int:
    """Whole seconds until a job is done that needs `own` seconds, behind others that need so many each.

    So many jobs are served `at_once`, in their order; at least one second.
    """
    places = [0.0] * at_once
    for seconds in ahead:
        heapq.heapreplace(places, places[0] + seconds)
    return max(1, math.ceil(places[0] + own))
