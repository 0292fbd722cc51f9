"""Which of the followed faces is the referenced person."""

from collections.abc import Sequence

import numpy as np

from local.provider.engine.arrays import Floats
from local.provider.engine.identity import distance
from local.provider.engine.tracks import Track

SAME_PERSON = 0.45
"""Below this distance two faces are one person's, whoever else is there."""
LIKELY_PERSON = 0.55
MARGIN = 0.15
"""Up to the likely distance, a face is the person's if everyone beside it is so much farther."""
_SHARED_FRAMES = 2


def select(tracks: Sequence[Track], reference: Floats) -> list[Track]:
    """Choose all tracks that show the person, closest first.

    There may be several at an instant: a mirror, a photograph on the wall, a cross-fade.
    """
    far = [distance(track.sightings, reference) for track in tracks]
    chosen: list[Track] = []
    for index in np.argsort(far, kind="stable"):
        track = tracks[index]
        beside = [
            far[i]
            for i, other in enumerate(tracks)
            if i != index and len(_shared(track, other)) > _SHARED_FRAMES
        ]
        if is_person(far[index], beside):
            chosen.append(track)
    return chosen


def is_person(far: float, beside: Sequence[float]) -> bool:
    """Decide by a face's distance to the person, and by the distances of those seen beside it."""
    if far <= SAME_PERSON:
        return True
    return far <= LIKELY_PERSON and bool(beside) and min(beside) - far >= MARGIN


def _shared(one: Track, other: Track) -> range:
    return range(max(one.first, other.first), min(one.last, other.last) + 1)
