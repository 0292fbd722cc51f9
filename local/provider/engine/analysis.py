"""The first pass over the video: finds every face, follows it, and collects who it is."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from local.provider.engine.arrays import Floats, Image, Points
from local.provider.engine.bystanders import Bystanders
from local.provider.engine.detector import Detection
from local.provider.engine.face_map import face_texture
from local.provider.engine.frames import Frame, difference, thumbnail
from local.provider.engine.geometry import centre, face_distance, face_width
from local.provider.engine.identity_checks import Vigilance, sighting
from local.provider.engine.landmarks import region_of_points
from local.provider.engine.meeting import drop_duplicates, parted
from local.provider.engine.networks import Networks
from local.provider.engine.stopwatch import Stopwatch
from local.provider.engine.tracks import Track
from local.provider.engine.upright import fit_face

_DETECT_EVERY = 12
_THOROUGH_EVERY = 6
_REST = 3
"""Bystanders are looked for in every third frame."""
_EMBED_EARLY = (1, 4, 9)
_CUT_DIFFERENCE = 28.0
_JOLT_DIFFERENCE = 6.0
_FAST = 0.1
"""The network reads a face badly that is off its square's middle by more of its width than this."""
_MIN_SCORE = 0.5
_MIN_WIDTH = 14.0
_SHORTEST_TRACK = 3


@dataclass(frozen=True)
class Analysis:
    """What the first pass found."""

    tracks: list[Track]
    cuts: list[int]
    frames: int
    shape: tuple[int, int]
    """Height and width of its pictures."""


def analyse(
    frames: Iterable[Frame],
    networks: Networks,
    watch: Stopwatch | None = None,
    person: Floats | None = None,
) -> Analysis:
    """Find and follow the faces of a video, given its frames in order.

    Who is surely not the person looked for, and stands apart, is followed less closely.
    """
    count, shape = 0, (0, 0)
    with ThreadPoolExecutor(len(networks.landmarkers), "landmarks") as pool:
        analyser = _Analyser(networks, pool, watch or Stopwatch(), Bystanders(person))
        for frame in frames:
            analyser.look(count, frame)
            count, shape = count + 1, frame.shape
    edges = [0, *analyser.cuts, count]
    tracks = [track for track in analyser.tracks if _lasts(track, edges)]
    return Analysis(tracks, analyser.cuts, count, shape)


def _lasts(track: Track, edges: list[int]) -> bool:
    """Say whether a face is seen long enough to be one, or for all of a short shot."""
    after = bisect_right(edges, track.first)
    shot = edges[after] - edges[after - 1]
    return len(track.points) >= min(_SHORTEST_TRACK, shot)


class _Analyser:
    def __init__(
        self,
        networks: Networks,
        pool: ThreadPoolExecutor,
        watch: Stopwatch,
        bystanders: Bystanders,
    ) -> None:
        self._bystanders = bystanders
        self._networks = networks
        self._pool = pool
        self._watch = watch
        self._recent: deque[tuple[int, Frame]] = deque(maxlen=_DETECT_EVERY + 1)
        self._thumbnail: Image | None = None
        self._detections = 0
        self._vigilance = Vigilance(networks.embedder)
        self.tracks: list[Track] = []
        self.cuts: list[int] = []

    def look(self, number: int, frame: Frame) -> None:
        change = self._change(frame)
        cut = change > _CUT_DIFFERENCE
        if cut:
            self._cut(number)
        jolt = change > _JOLT_DIFFERENCE
        with self._watch.time("follow faces"):
            lost = self._follow(frame, rest=not jolt and number % _REST != 0)
        with self._watch.time("tell who it is"):
            drop_duplicates(self._alive(), frame, self._networks.embedder)
            torn = [track for track in self._seen() if self._vigilance.torn(track, frame)]
            lost = lost or bool(torn)
        due = number % _DETECT_EVERY == 0
        faces = self._look_for_faces(frame, thorough=cut or lost) if cut or lost or due else None
        if jolt or due:
            with self._watch.time("tell who it is"):
                self._doubt(number, frame)
        if faces is not None:
            found = faces.result()
            with self._watch.time("follow faces"):
                self._take_new(number, frame, found)
        with self._watch.time("tell who it is"):
            self._sample(number, frame)
        self._recent.append((number, frame))

    def _alive(self) -> list[Track]:
        return [track for track in self.tracks if track.alive]

    def _seen(self) -> list[Track]:
        """Those that were looked for in this frame."""
        return [track for track in self._alive() if not track.guessed]

    def _change(self, frame: Frame) -> float:
        before, self._thumbnail = self._thumbnail, thumbnail(frame)
        return 0.0 if before is None else difference(before, self._thumbnail)

    def _cut(self, number: int) -> None:
        self.cuts.append(number)
        self._recent.clear()
        for track in self.tracks:
            track.alive = False

    def _follow(self, frame: Frame, *, rest: bool) -> bool:
        def step(track: Track) -> tuple[Points, float]:
            expected = track.expected()
            with self._networks.landmarker() as landmarker:
                points, score = landmarker.find(frame, region_of_points(expected))
                if face_distance(points, expected) > _FAST * face_width(expected):
                    points, score = landmarker.find(frame, region_of_points(points))
            return points, score

        lost = False
        tracks = []
        for track in self._alive():
            if rest and self._bystanders.includes(track, self._alive()):
                track.coast()
            else:
                tracks.append(track)
        apply = map if len(tracks) < 2 else self._pool.map
        for track, (points, score) in zip(tracks, apply(step, tracks), strict=True):
            before = track.points[-1]
            width = face_width(before)
            steady = 0.6 < face_width(points) / width < 1.6
            near = face_distance(points, before) <= width * 0.6
            if score >= _MIN_SCORE and steady and near:
                track.settle(points)
            else:
                track.lose()
                lost = True
        return lost

    def _doubt(self, number: int, frame: Frame) -> None:
        """Ask of every face whether it still is who it was, and part what is two people."""
        for track in self._seen():
            other = self._vigilance.check(track, number, frame, self._recent)
            if other is not None:
                self.tracks.append(other)

    def _look_for_faces(self, frame: Frame, *, thorough: bool) -> Future[list[Detection]]:
        """Look for faces beside what is done meanwhile."""
        self._detections += 1
        level = 2 if thorough or self._detections % _THOROUGH_EVERY == 1 else 1
        return self._pool.submit(self._detect, frame, level)

    def _detect(self, frame: Frame, level: int) -> list[Detection]:
        with self._watch.time("find faces"):
            return self._networks.detector.detect(frame.whole(), level)

    def _take_new(self, number: int, frame: Frame, faces: list[Detection]) -> None:
        """Begin to follow the faces that nobody follows yet."""
        for face in faces:
            if self._is_followed(face):
                continue
            points = self._points_of(frame, face)
            if points is None or any(track.covers(number, points) for track in self._alive()):
                continue
            track = Track(number, [points])
            self._follow_back(track)
            self.tracks.append(track)

    def _is_followed(self, face: Detection) -> bool:
        left, top, right, bottom = face.box
        middle = np.array([(left + right) / 2, (top + bottom) / 2])
        return any(
            np.linalg.norm(centre(track.points[-1]) - middle) < 0.5 * face_width(track.points[-1])
            for track in self._alive()
        )

    def _points_of(self, frame: Frame, face: Detection) -> Points | None:
        points, score = fit_face(frame, face, self._networks)
        if score < _MIN_SCORE or face_width(points) < _MIN_WIDTH:
            return None
        return points

    def _follow_back(self, track: Track) -> None:
        """Follow a new face into the frames before it was detected."""
        for number, frame in reversed(self._recent):
            points = track.points[0]
            with self._networks.landmarker() as landmarker:
                earlier, score = landmarker.find(frame, region_of_points(points))
            steady = 0.7 < face_width(earlier) / face_width(points) < 1.4
            if score < _MIN_SCORE or not steady or not parted(earlier, number, self.tracks):
                break
            track.first = number
            track.points.insert(0, earlier)

    def _sample(self, number: int, frame: Frame) -> None:
        for track in self._seen():
            points, seen = track.points[-1], len(track.points)
            if seen % track.texture_every == 1:
                track.add_texture(face_texture(frame, points))
            if not track.sightings or seen in _EMBED_EARLY:
                track.sightings.append(sighting(frame, points, self._networks.embedder))
                track.sure_until = number
