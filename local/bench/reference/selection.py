"""Which of the followed faces is the referenced person, and closing short gaps between them."""

from collections.abc import Iterable, Sequence

from local.bench.reference.arrays import Floats
from local.bench.reference.geometry import face_distance, face_width
from local.bench.reference.identity import distance
from local.bench.reference.tracks import Track

SAME_PERSON = 0.6
_SHARED_FRAMES = 2
_LONGEST_GAP = 20


def select(tracks: Sequence[Track], reference: Floats) -> list[Track]:
    """Choose the tracks that show the person, closest first, at most one at any instant."""
    ranked = sorted((distance(track.sightings, reference), i) for i, track in enumerate(tracks))
    chosen: list[Track] = []
    taken: set[int] = set()
    for far, index in ranked:
        if far > SAME_PERSON:
            break
        track = tracks[index]
        if len(taken.intersection(track.frames)) <= _SHARED_FRAMES:
            taken.update(track.frames)
            chosen.append(track)
    return chosen


def bridge(tracks: Iterable[Track], cuts: Sequence[int]) -> list[Track]:
    """Join tracks of one person over short gaps without a cut; between them, points move evenly."""
    joined: list[Track] = []
    for track in sorted(tracks, key=lambda track: track.first):
        if joined and _continues(joined[-1], track, cuts):
            _join(joined[-1], track)
        else:
            joined.append(track)
    return joined


def _continues(before: Track, after: Track, cuts: Sequence[int]) -> bool:
    if not 0 < after.first - before.last <= _LONGEST_GAP:
        return False
    if any(before.last < cut <= after.first for cut in cuts):
        return False
    apart = face_distance(before.points[-1], after.points[0])
    return apart < 0.8 * face_width(after.points[0])


def _join(before: Track, after: Track) -> None:
    gap = after.first - before.last
    start, end = before.points[-1], after.points[0]
    before.points += [(1 - i / gap) * start + i / gap * end for i in range(1, gap)]
    before.points += after.points
    before.sightings += after.sightings
    before.textures += after.textures
