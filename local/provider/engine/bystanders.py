"""Who need not be followed in every frame: somebody else than the person, and away from everybody."""

from collections.abc import Iterable

import numpy as np

from local.provider.engine.arrays import Floats
from local.provider.engine.geometry import face_distance, face_width
from local.provider.engine.tracks import Track

_SOMEBODY_ELSE = 0.6
_SIGHTINGS = 3
_APART = 2.5
"""In widths of a face."""


class Bystanders:
    """Knows who is looked for, if anybody."""

    def __init__(self, person: Floats | None) -> None:
        self._person = person

    def includes(self, track: Track, everybody: Iterable[Track]) -> bool:
        """Say whether a face is surely another person's, and no other face is near."""
        if self._person is None or len(track.sightings) < _SIGHTINGS:
            return False
        if np.linalg.norm(track.identity - self._person) < _SOMEBODY_ELSE:
            return False
        here = track.points[-1]
        reach = _APART * face_width(here)
        return all(
            other is track or face_distance(here, other.points[-1]) > reach for other in everybody
        )
