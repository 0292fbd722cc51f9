"""One picture that shows a swap at a glance: frames before, the same frames after, the faces close up."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from local.provider.engine.arrays import Image, pixels
from local.provider.engine.closeup import close_ups
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.footage import read_frames
from local.provider.engine.pictures import read_picture
from local.provider.engine.probe import probe
from local.provider.engine.replacing import replacing

_CELL_WIDTH = 480
_PICTURE_HEIGHT = 360
_GAP = 16
_LABEL_HEIGHT = 44
_BACKGROUND = 24
_INK = (235, 235, 235)
_FONT = cv2.FONT_HERSHEY_DUPLEX
_FONT_SCALE = 0.8


def before_after_sheet(
    before: Path, after: Path, source: Path, reference: Path, output: Path, frames: int = 4
) -> None:
    """Write a PNG of `frames` evenly spaced frames of both videos the two pictures, and the replaced face
    close up.

    Raises SwapError if a video or a picture cannot be read, OSError if the sheet cannot be
    written.
    """
    times, before_row = _frames(before, frames)
    _, after_row = _frames(after, frames)
    pictures = [
        ("The new face", read_picture(source, "source picture")),
        ("Who is replaced", read_picture(reference, "reference picture")),
    ]
    middle = len(times) // 2
    faces = close_ups(before_row[middle], _like(before_row[middle], after_row[middle]))
    if faces is not None:
        pictures += zip(("Close up, before", "Close up, after"), faces, strict=True)
    stamps = ", ".join(f"{time:.1f}" for time in times)
    rows = [
        _labelled(f"Before: the video that was sent, at {stamps} s", _cells(before_row)),
        _labelled("After: the same moments with the face replaced", _cells(after_row)),
        _beside([_labelled(label, [_of_height(picture)]) for label, picture in pictures]),
    ]
    encoded, data = cv2.imencode(".png", _below(rows))
    if not encoded:
        raise OSError(f"{output} cannot be encoded as a PNG")
    with replacing(output) as part:
        part.write_bytes(data.tobytes())


def _frames(video: Path, count: int) -> tuple[list[float], list[Image]]:
    """Read evenly spaced frames and say at which second each stands."""
    facts = probe(video)
    wanted = [int((i + 0.5) * facts.frames / count) for i in range(count)]
    kept = {
        number: frame.whole()
        for number, frame in enumerate(read_frames(video, facts))
        if number in wanted
    }
    if not kept:
        raise UnreadableVideoError("it has no frames")
    shown = [number for number in wanted if number in kept]
    return [float(number / facts.rate) for number in shown], [kept[number] for number in shown]


def _cells(images: Sequence[Image]) -> list[Image]:
    return [_resized(image, _CELL_WIDTH / image.shape[1]) for image in images]


def _like(model: Image, image: Image) -> Image:
    """An image in the size of another one, from which it may differ by a pixel."""
    return pixels(cv2.resize(image, (model.shape[1], model.shape[0])))


def _of_height(image: Image) -> Image:
    return _resized(image, _PICTURE_HEIGHT / image.shape[0])


def _resized(image: Image, factor: float) -> Image:
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return pixels(cv2.resize(image, size, interpolation=method))


def _labelled(label: str, images: Sequence[Image]) -> Image:
    row = _beside(images)
    (text_width, text_height), _ = cv2.getTextSize(label, _FONT, _FONT_SCALE, 1)
    strip = _empty(_LABEL_HEIGHT, max(row.shape[1], text_width))
    place = (0, (_LABEL_HEIGHT + text_height) // 2)
    cv2.putText(strip, label, place, _FONT, _FONT_SCALE, _INK, 1, cv2.LINE_AA)
    return _stacked([strip, row])


def _beside(images: Sequence[Image]) -> Image:
    height = max(image.shape[0] for image in images)
    width = sum(image.shape[1] for image in images) + _GAP * (len(images) - 1)
    row = _empty(height, width)
    left = 0
    for image in images:
        row[: image.shape[0], left : left + image.shape[1]] = image
        left += image.shape[1] + _GAP
    return row


def _below(rows: Sequence[Image]) -> Image:
    column = _stacked([part for row in rows for part in (row, _empty(_GAP, 1))][:-1])
    sheet = _empty(column.shape[0] + 2 * _GAP, column.shape[1] + 2 * _GAP)
    sheet[_GAP:-_GAP, _GAP:-_GAP] = column
    return sheet


def _stacked(rows: Sequence[Image]) -> Image:
    sheet = _empty(sum(row.shape[0] for row in rows), max(row.shape[1] for row in rows))
    top = 0
    for row in rows:
        sheet[top : top + row.shape[0], : row.shape[1]] = row
        top += row.shape[0]
    return sheet


def _empty(height: int, width: int) -> Image:
    return np.full((height, width, 3), _BACKGROUND, np.uint8)
