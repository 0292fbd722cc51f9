"""Two faces that come together: which track keeps the face in front, and where the other one ends."""

from collections.abc import Iterable, Sequence

from local.provider.engine.arrays import Points
from local.provider.engine.frames import Frame
from local.provider.engine.geometry import face_distance, face_width
from local.provider.engine.identity import Embedder
from local.provider.engine.tracks import Track

_ONE_FACE = 0.35
_HIDDEN = 0.7
"""Closer than this share of its width, a face is too hidden behind another one to be painted."""


def drop_duplicates(tracks: Sequence[Track], frame: Frame, embedder: Embedder) -> None:
    """End one of two tracks that hold one face now; the one whose person it is goes on."""
    for index, track in enumerate(tracks):
        for other in tracks[index + 1 :]:
            if not (track.alive and other.alive):
                continue
            apart = face_distance(track.points[-1], other.points[-1])
            if apart < _ONE_FACE * face_width(track.points[-1]):
                _end_one(track, other, frame, embedder)


def _end_one(one: Track, other: Track, frame: Frame, embedder: Embedder) -> None:
    seen = embedder.embed(frame, one.points[-1])
    goes_on, ends = (one, other) if one.departs(seen) <= other.departs(seen) else (other, one)
    ends.lose()
    while len(ends.points) > 1 and not parted(ends.points[-1], ends.last, [goes_on]):
        ends.points.pop()


def parted(points: Points, number: int, others: Iterable[Track]) -> bool:
    """Say whether a face stands free of all others in a frame."""
    reach = _HIDDEN * face_width(points)
    places = [place for other in others if (place := other.at(number)) is not None]
    return all(face_distance(points, place) >= reach for place in places)
