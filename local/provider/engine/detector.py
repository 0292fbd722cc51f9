"""Finding faces anywhere in a picture: BlazeFace on the whole picture and on overlapping tiles."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from local.provider.engine.arrays import Doubles, Floats, Image, floats, pixels
from local.provider.engine.models import FACE_DETECTOR

_INPUT = 128
_MIN_SCORE = 0.6
_SMALLEST_TILE = 96
_TILE_PARTS = (1.0, 1.8)


class Detection(NamedTuple):
    """A face: left, top, right, bottom; six key points (right eye and left eye first)."""

    box: Doubles
    keypoints: Doubles
    score: float


class _Tile(NamedTuple):
    image: Image
    left: float
    top: float
    scale: float


class Detector:
    """The network that finds faces."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromTFLite(str(FACE_DETECTOR))
        self._outputs = self._net.getUnconnectedOutLayersNames()
        self._anchors = _anchors()

    def detect(self, image: Image, level: int) -> list[Detection]:
        """Find faces, best first.

        Level 0 looks at the whole picture, 1 also at squares of its smaller side, 2 also at
        smaller squares (for small faces).
        """
        found = [face for tile in _tiles(image, level) for face in self._look(tile, _MIN_SCORE)]
        return _without_overlaps(found)

    def detect_in_squares(
        self, image: Image, side: int, min_score: float = _MIN_SCORE
    ) -> list[Detection]:
        """Find faces in squares of a side in pixels, best first: those from a tenth of it up."""
        found = [face for tile in _tiles_of(image, side) for face in self._look(tile, min_score)]
        return _without_overlaps(found)

    def _look(self, tile: _Tile, min_score: float) -> Iterator[Detection]:
        self._net.setInput(
            cv2.dnn.blobFromImage(
                tile.image, 1 / 127.5, (_INPUT, _INPUT), (127.5, 127.5, 127.5), swapRB=True
            )
        )
        outputs = self._net.forward(self._outputs)
        boxes = next(floats(output) for output in outputs if output.shape[-1] == 16)[0]
        logits = next(floats(output) for output in outputs if output.shape[-1] == 1)[0, :, 0]
        origin = np.array([tile.left, tile.top])
        for index in np.where(logits > np.log(min_score / (1 - min_score)))[0]:
            values = boxes[index] / float(_INPUT)
            centre = values[:2] + self._anchors[index]
            half = np.abs(values[2:4]) / 2
            box = np.concatenate([centre - half, centre + half]) * _INPUT / tile.scale
            keypoints = (values[4:].reshape(6, 2) + self._anchors[index]) * _INPUT / tile.scale
            yield Detection(
                box + np.tile(origin, 2),
                keypoints + origin,
                float(1 / (1 + np.exp(-min(float(logits[index]), 50.0)))),
            )


def _anchors() -> Floats:
    cells = [
        ((x + 0.5) / size, (y + 0.5) / size)
        for size, repeats in ((16, 2), (8, 6))
        for y in range(size)
        for x in range(size)
        for _ in range(repeats)
    ]
    return np.array(cells, np.float32)


def _tiles(image: Image, level: int) -> Iterator[_Tile]:
    height, width = image.shape[:2]
    longest = max(height, width)
    sizes = [max(_SMALLEST_TILE, int(min(height, width) / part)) for part in _TILE_PARTS[:level]]
    for size in [longest, *(size for size in sizes if size < longest * 0.95)]:
        yield from _tiles_of(image, size)


def _tiles_of(image: Image, size: int) -> Iterator[_Tile]:
    """Overlapping squares of a side in pixels, reduced to what the network takes."""
    height, width = image.shape[:2]
    scale = _INPUT / size
    sparse = image[::2, ::2] if scale < 0.25 else image
    wanted = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = pixels(cv2.resize(sparse, wanted, interpolation=cv2.INTER_AREA))
    for y in _steps(small.shape[0]):
        for x in _steps(small.shape[1]):
            part = small[y : y + _INPUT, x : x + _INPUT]
            yield _Tile(_padded(part), x / scale, y / scale, scale)


def _steps(length: int) -> list[int]:
    rest = max(0, length - _INPUT)
    count = max(1, int(np.ceil((length - _INPUT) / (_INPUT // 2))) + 1)
    return [int(start) for start in np.linspace(0, rest, count)]


def _padded(tile: Image) -> Image:
    below, right = _INPUT - tile.shape[0], _INPUT - tile.shape[1]
    if below or right:
        return pixels(cv2.copyMakeBorder(tile, 0, below, 0, right, cv2.BORDER_CONSTANT))
    return tile


def _without_overlaps(faces: list[Detection]) -> list[Detection]:
    kept: list[Detection] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(_overlap(face.box, other.box) for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Doubles, other: Doubles) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return False
    shared = width * height
    first = (one[2] - one[0]) * (one[3] - one[1])
    second = (other[2] - other[0]) * (other[3] - other[1])
    return bool(shared / (first + second - shared) > 0.3 or shared / min(first, second) > 0.6)
