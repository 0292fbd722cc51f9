"""One appearance of the referenced person: the frames, the postures, and who paints them."""

from collections.abc import Sequence

import numpy as np

from local.provider.engine.analysis import Analysis
from local.provider.engine.arrays import doubles
from local.provider.engine.foreign import ForeignModel
from local.provider.engine.frames import Frame
from local.provider.engine.medians import medians
from local.provider.engine.occlusion import MIN_TEXTURES, OcclusionModel
from local.provider.engine.portrait import SourceFace
from local.provider.engine.render import Renderer
from local.provider.engine.smoothing import smooth
from local.provider.engine.tracks import Track

_FADE_FRAMES = 3


class Appearance:
    """Paints the source's face over one track; fades in and out where the track does."""

    def __init__(
        self,
        track: Track,
        source: SourceFace,
        likeness: ForeignModel,
        *,
        starts: bool,
        ends: bool,
    ) -> None:
        self.frames = track.frames
        self._hidden = track.hidden
        self._postures = smooth(track.points)
        self._starts, self._ends = starts, ends
        mean_form = doubles(medians(np.array([posture.form for posture in self._postures])))
        known = len(track.textures) >= MIN_TEXTURES
        occlusion = OcclusionModel(track.textures) if known else None
        self.is_like_the_reference, suspicious = likeness.examine(track.textures)
        self.is_covered = self.is_like_the_reference and suspicious
        foreign = likeness if self.is_covered else None
        self._renderer = Renderer(source, mean_form, occlusion, foreign)

    def paint(self, number: int, frame: Frame) -> None:
        """Replace the face in this frame, in place."""
        index = number - self.frames.start
        fade_in = (index + 1) / _FADE_FRAMES if self._starts else 1.0
        fade_out = (len(self.frames) - index) / _FADE_FRAMES if self._ends else 1.0
        fade, hidden = min(1.0, fade_in, fade_out), number in self._hidden
        self._renderer.paint(frame, self._postures[index], fade, hidden=hidden)


def plan(
    tracks: Sequence[Track], analysis: Analysis, source: SourceFace, likeness: ForeignModel
) -> dict[int, list[Appearance]]:
    """Say who paint which frame."""
    planned: dict[int, list[Appearance]] = {}
    edges = {0, *analysis.cuts, analysis.frames}
    for track in tracks:
        starts, ends = track.first not in edges, track.last + 1 not in edges
        appearance = Appearance(track, source, likeness, starts=starts, ends=ends)
        for number in appearance.frames:
            planned.setdefault(number, []).append(appearance)
    return planned


def notes_of(planned: dict[int, list[Appearance]]) -> tuple[str, ...]:
    """Say what lies over the faces that are painted, or that nobody can tell."""
    appearances = {id(one): one for painters in planned.values() for one in painters}.values()
    covered = [one for one in appearances if one.is_covered]
    unknown = [one for one in appearances if not one.is_like_the_reference]
    notes = []
    if covered:
        frames = _frames_of(covered)
        notes.append(f"what lies over the face (frames {frames}) was left as it is")
    if unknown:
        frames = _frames_of(unknown)
        notes.append(f"whether something lies over the face (frames {frames}) could not be told")
    return tuple(notes)


def _frames_of(appearances: Sequence[Appearance]) -> str:
    ranges = sorted((one.frames.start, one.frames.stop) for one in appearances)
    return ", ".join(f"{start + 1} to {stop}" for start, stop in ranges)
