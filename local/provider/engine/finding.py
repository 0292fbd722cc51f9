"""The faces of a picture that somebody sent: also those that fill it, are tiny in it, or stand on their heads."""

import cv2
import numpy as np

from local.provider.engine.arrays import Image, Points, pixels
from local.provider.engine.detector import Detection
from local.provider.engine.frames import Still
from local.provider.engine.networks import Networks
from local.provider.engine.upright import fit_face

MIN_SCORE = 0.5
TOO_SMALL = "a face in it is too small"
TOO_CLOSE = "what it shows is too close to be told for a face"
_LONGEST_SIDE = 1600
_THOROUGH = 2
_BORDERS = (0.5, 0.2)
"""Shares of a picture's sides that are added on each side: eyes to mouth alone are no face to the network."""
_SQUARES = (1024, 512, 256)
_HARDLY = 0.3
"""The score of what might be a face."""
_LARGE = 0.5
_ROUNDS = 2


def find_faces(image: Image, networks: Networks) -> list[Points]:
    """Find the points of all faces; what is hard to find is looked for only if nothing else is there."""
    small = reduced(image, _LONGEST_SIDE)
    factor = max(image.shape[:2]) / max(small.shape[:2])
    found = _fitted(small, networks.detector.detect(small, _THOROUGH), networks)
    for border in _BORDERS:
        found = found or _with_border(small, border, networks)
    if found:
        return [points * np.float32(factor) for points in found]
    for side in _SQUARES:
        if side < max(image.shape[:2]):
            found = found or _fitted(
                image, networks.detector.detect_in_squares(image, side), networks
            )
    return found


def why_no_face(image: Image, networks: Networks) -> str | None:
    """Say why there is no face, if something looks a little like one."""
    small = reduced(image, _LONGEST_SIDE)
    for border in _BORDERS:
        bordered, _ = _bordered(small, border)
        side = max(bordered.shape[:2])
        hints = networks.detector.detect_in_squares(bordered, side, _HARDLY)
        if any(_width(face) > _LARGE * max(small.shape[:2]) for face in hints):
            return TOO_CLOSE
    for side in _SQUARES:
        if side < max(image.shape[:2]) and networks.detector.detect_in_squares(
            image, side, _HARDLY
        ):
            return TOO_SMALL
    return None


def reduced(image: Image, longest_side: int) -> Image:
    """Make a picture smaller if a side of it is longer than this many pixels."""
    longest = max(image.shape[:2])
    if longest <= longest_side:
        return image
    factor = longest_side / longest
    return pixels(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def _with_border(image: Image, border: float, networks: Networks) -> list[Points]:
    bordered, shift = _bordered(image, border)
    faces = networks.detector.detect(bordered, 0)
    return [points - shift for points in _fitted(bordered, faces, networks)]


def _bordered(image: Image, border: float) -> tuple[Image, Points]:
    height, width = (round(border * side) for side in image.shape[:2])
    larger = cv2.copyMakeBorder(image, height, height, width, width, cv2.BORDER_REPLICATE)
    return pixels(larger), np.array([width, height, 0], np.float32)


def _fitted(image: Image, faces: list[Detection], networks: Networks) -> list[Points]:
    fits = [fit_face(Still(image), face, networks, _ROUNDS) for face in faces]
    return [points for points, score in fits if score >= MIN_SCORE]


def _width(face: Detection) -> float:
    return float(face.box[2] - face.box[0])
