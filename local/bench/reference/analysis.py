"""The first pass over the video: finds every face, follows it, and collects who it is."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from local.bench.reference.arrays import Floats, Image, Points, floats
from local.bench.reference.detector import Detection
from local.bench.reference.face_map import face_texture
from local.bench.reference.geometry import face_distance, face_width, frontality
from local.bench.reference.identity import Sighting
from local.bench.reference.landmarks import region_of_detection, region_of_points
from local.bench.reference.networks import Networks
from local.bench.reference.tracks import Track

_DETECT_EVERY = 12
_THOROUGH_EVERY = 4
_EMBED_EVERY = 25
_EMBED_EARLY = (1, 4, 9)
_CUT_DIFFERENCE = 28.0
_MIN_SCORE = 0.5
_MIN_WIDTH = 14.0
_SHORTEST_TRACK = 3


@dataclass(frozen=True)
class Analysis:
    """What the first pass found."""

    tracks: list[Track]
    cuts: list[int]
    frames: int


def analyse(images: Iterable[Image], networks: Networks) -> Analysis:
    """Find and follow the faces of a video; the images are its frames in order."""
    analyser = _Analyser(networks)
    frames = 0
    for image in images:
        analyser.look(frames, image)
        frames += 1
    tracks = [track for track in analyser.tracks if len(track.points) >= _SHORTEST_TRACK]
    return Analysis(tracks, analyser.cuts, frames)


class _Analyser:
    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._recent: deque[tuple[int, Image]] = deque(maxlen=_DETECT_EVERY)
        self._thumbnail: Floats | None = None
        self._detections = 0
        self.tracks: list[Track] = []
        self.cuts: list[int] = []

    def look(self, frame: int, image: Image) -> None:
        cut = self._notice_cut(frame, image)
        lost = self._follow(image)
        self._drop_duplicates()
        if cut or lost or frame % _DETECT_EVERY == 0:
            self._search(frame, image, thorough=cut or lost)
        self._sample(image)
        self._recent.append((frame, image))

    def _alive(self) -> list[Track]:
        return [track for track in self.tracks if track.alive]

    def _notice_cut(self, frame: int, image: Image) -> bool:
        green = np.ascontiguousarray(image[::8, ::8, 1])
        thumbnail = floats(cv2.resize(green, (48, 27), interpolation=cv2.INTER_AREA))
        before, self._thumbnail = self._thumbnail, thumbnail
        if before is None or np.abs(thumbnail - before).mean() <= _CUT_DIFFERENCE:
            return False
        self.cuts.append(frame)
        self._recent.clear()
        for track in self.tracks:
            track.alive = False
        return True

    def _follow(self, image: Image) -> bool:
        lost = False
        for track in self._alive():
            before = track.points[-1]
            points, score = self._networks.landmarker.find(image, region_of_points(before))
            width = face_width(before)
            steady = 0.6 < face_width(points) / width < 1.6
            near = face_distance(points, before) <= width * 0.6
            if score >= _MIN_SCORE and steady and near:
                track.points.append(points)
            else:
                track.alive = False
                lost = True
        return lost

    def _drop_duplicates(self) -> None:
        alive = self._alive()
        for index, track in enumerate(alive):
            for other in alive[index + 1 :]:
                apart = face_distance(track.points[-1], other.points[-1])
                if other.alive and apart < 0.35 * face_width(track.points[-1]):
                    other.alive = False
                    other.points.pop()

    def _search(self, frame: int, image: Image, *, thorough: bool) -> None:
        self._detections += 1
        level = 2 if thorough or self._detections % _THOROUGH_EVERY == 1 else 1
        for face in self._networks.detector.detect(image, level):
            if self._is_followed(face):
                continue
            points = self._points_of(image, face)
            if points is None or any(track.covers(frame, points) for track in self._alive()):
                continue
            track = Track(frame, [points])
            self.tracks.append(track)
            self._follow_back(track)

    def _is_followed(self, face: Detection) -> bool:
        middle = np.array([(face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2])
        return any(
            np.linalg.norm(track.points[-1][:, :2].mean(0) - middle)
            < 0.5 * face_width(track.points[-1])
            for track in self._alive()
        )

    def _points_of(self, image: Image, face: Detection) -> Points | None:
        find = self._networks.landmarker.find
        points, score = find(image, region_of_detection(face))
        if score > _MIN_SCORE:
            points, score = find(image, region_of_points(points))
        if score < _MIN_SCORE or face_width(points) < _MIN_WIDTH:
            return None
        return points

    def _follow_back(self, track: Track) -> None:
        """Follow a new face into the frames before it was detected."""
        for frame, image in reversed(self._recent):
            points = track.points[0]
            if any(other.covers(frame, points) for other in self.tracks if other is not track):
                break
            earlier, score = self._networks.landmarker.find(image, region_of_points(points))
            steady = 0.7 < face_width(earlier) / face_width(points) < 1.4
            if score < _MIN_SCORE or not steady:
                break
            track.first = frame
            track.points.insert(0, earlier)

    def _sample(self, image: Image) -> None:
        for track in self._alive():
            points, seen = track.points[-1], len(track.points)
            if seen % track.texture_every == 1:
                track.add_texture(face_texture(image, points))
            if not track.sightings or seen in _EMBED_EARLY or seen % _EMBED_EVERY == 0:
                weight = max(0.05, frontality(points) - 0.5) * min(1.0, face_width(points) / 80)
                embedding = self._networks.embedder.embed(image, points)
                track.sightings.append(Sighting(embedding, weight))
