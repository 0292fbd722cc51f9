"""Noticing that a followed face has become another person's: a soft cut, or two who crossed."""

from collections.abc import Iterable

import numpy as np

from local.provider.engine.arrays import Points
from local.provider.engine.frames import Frame
from local.provider.engine.geometry import face_width, frontality, strain
from local.provider.engine.identity import Embedder, Sighting
from local.provider.engine.medians import median
from local.provider.engine.tracks import Track

OTHER_PERSON = 0.5
_STRANGER_WHEN_STRAINED = 0.35
_STRAINED, _EASY = 0.03, 0.01
"""How much more than usual a face's form is off when it is spread over two faces."""
_KNOWN = 5
_SQUARELY = 0.75
"""Below this, a face is turned away too far to say who it is."""


def sighting(frame: Frame, points: Points, embedder: Embedder) -> Sighting:
    """Look at who a face is; small faces and faces turned away count less."""
    weight = max(0.05, frontality(points) - 0.5) * min(1.0, face_width(points) / 80)
    return Sighting(embedder.embed(frame, points), weight)


class Vigilance:
    """Asks of a followed face whether it still is who it was."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def torn(self, track: Track, frame: Frame) -> bool:
        """Notice that a face's points have come to lie on two faces; what was torn is given up."""
        track.strains.append(strain(track.points[-1]))
        if len(track.strains) <= _KNOWN:
            return False
        usual = median(np.array(track.strains))
        if track.strains[-1] <= usual + _STRAINED:
            return False
        if frontality(track.points[-1]) < _SQUARELY:
            return False
        seen = self._embedder.embed(frame, track.points[-1])
        if track.departs(seen) <= _STRANGER_WHEN_STRAINED:
            return False
        while len(track.points) > 1 and track.strains[-1] > usual + _EASY:
            track.points.pop()
            track.strains.pop()
        track.lose()
        return True

    def check(
        self, track: Track, number: int, frame: Frame, recent: Iterable[tuple[int, Frame]]
    ) -> Track | None:
        """Look at who it is now. If that is somebody else, the track is split and the rest given."""
        if frontality(track.points[-1]) < _SQUARELY:
            return None
        seen = sighting(frame, track.points[-1], self._embedder)
        if track.departs(seen.embedding) <= OTHER_PERSON:
            track.sightings.append(seen)
            track.sure_until = number
            return None
        first = self._first_of_the_other(track, number, dict(recent), seen)
        rest = track.split(first)
        rest.sightings.append(seen)
        rest.sure_until = number
        return rest

    def _first_of_the_other(
        self, track: Track, number: int, frames: dict[int, Frame], other: Sighting
    ) -> int:
        """Halve the frames since the last sure one until the change is found."""
        last_own = max(track.sure_until, track.first, min(frames, default=number) - 1)
        first_other = number
        while first_other - last_own > 1:
            middle = (last_own + first_other) // 2
            points = track.at(middle)
            if points is None or middle not in frames:
                break
            seen = self._embedder.embed(frames[middle], points)
            apart = ((seen - other.embedding) ** 2).sum() ** 0.5
            if apart < track.departs(seen):
                first_other = middle
            else:
                last_own = middle
        return first_other
