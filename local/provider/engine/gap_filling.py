"""Closing short gaps in which one person's face was not found, such as behind a hand."""

from collections.abc import Iterable

from local.provider.engine.analysis import Analysis
from local.provider.engine.arrays import Points
from local.provider.engine.geometry import centre, face_distance, face_width
from local.provider.engine.tracks import Track

_LONGEST_GAP = 20
_IN_THE_WAY = 0.7
_AT_THE_RIM = 0.4


def bridge(tracks: Iterable[Track], analysis: Analysis) -> list[Track]:
    """Join tracks of one person over short gaps; between them, points move evenly.

    A gap stays open over a cut, where the face left the picture, where somebody else's face is in
    the way, and where another shot of the person was faded in and out meanwhile.
    """
    own = sorted(tracks, key=lambda track: track.first)
    shots = [range(track.first, track.last + 1) for track in own]
    others = [track for track in analysis.tracks if track not in own]
    joined: list[Track] = []
    for track in own:
        before = next((t for t in joined if _continues(t, track, analysis, others)), None)
        if before is None or any(_fades_over(shot, before, track) for shot in shots):
            joined.append(track)
        else:
            _join(before, track)
    return joined


def _continues(before: Track, after: Track, analysis: Analysis, others: list[Track]) -> bool:
    if not 0 < after.first - before.last <= _LONGEST_GAP:
        return False
    if any(before.last < cut <= after.first for cut in analysis.cuts):
        return False
    start, end = before.points[-1], after.points[0]
    if face_distance(start, end) >= 0.8 * face_width(end):
        return False
    if _at_the_rim(start, analysis.shape) or _at_the_rim(end, analysis.shape):
        return False
    reach = _IN_THE_WAY * face_width(end)
    in_gap = [
        place
        for other in others
        for number in range(before.last + 1, after.first)
        if (place := other.at(number)) is not None
    ]
    return all(face_distance(one, place) >= reach for place in in_gap for one in (start, end))


def _fades_over(shot: range, before: Track, after: Track) -> bool:
    """Say whether a shot began to be seen in the first track and ends in the second."""
    begins = before.first < shot.start <= before.last + 1
    return begins and after.first <= shot.stop < after.last


def _at_the_rim(points: Points, shape: tuple[int, int]) -> bool:
    x, y = centre(points)
    margin = _AT_THE_RIM * face_width(points)
    return bool(min(x, y, shape[1] - x, shape[0] - y) < margin)


def _join(before: Track, after: Track) -> None:
    gap = after.first - before.last
    start, end = before.points[-1], after.points[0]
    before.hidden |= after.hidden | set(range(before.last + 1, after.first))
    before.points += [(1 - i / gap) * start + i / gap * end for i in range(1, gap)]
    before.points += after.points
    before.sightings += after.sightings
    before.textures += after.textures
