"""The visible mark in the corner of each frame, and the tags in the file, that say it is made."""

import cv2
import numpy as np

from local.provider.engine.arrays import floats
from local.provider.engine.frames import Frame
from local.provider.engine.provenance import SOURCE_TYPE

TEXT = "AI FACE SWAP"
TAGS = {
    "title": "Face swap",
    "comment": "Synthetic media: a person's face was replaced by faceswap-adapter's local engine.",
    "digital_source_type": SOURCE_TYPE,
}
_FONT = cv2.FONT_HERSHEY_DUPLEX
_NARROW = 300
_DARKEN = 0.62
_STRENGTH = 0.9


class Watermark:
    """The mark for frames of one size: light letters on a darkened plate, bottom right."""

    def __init__(self, width: int, height: int) -> None:
        scale = min(height / 900, width / _NARROW)
        (text_width, text_height), below = cv2.getTextSize(TEXT, _FONT, scale, 1)
        padding = int(10 * scale) + 2
        plate = np.zeros((text_height + below + 2 * padding, text_width + 2 * padding), np.uint8)
        start = (padding, padding + text_height)
        thickness = max(1, int(1.6 * scale))
        cv2.putText(plate, TEXT, start, _FONT, scale, (255,), thickness, cv2.LINE_AA)
        plate = plate[: plate.shape[0] & ~1, : plate.shape[1] & ~1]
        left = (width - plate.shape[1] - int(0.02 * width)) & ~1
        top = (height - plate.shape[0] - int(0.02 * height)) & ~1
        letters = np.repeat(plate[..., None] / 255 * _STRENGTH, 3, axis=2)
        self._share = floats(_DARKEN * (1 - letters))
        self._light = floats(255 * letters)
        self.rows = slice(top, top + plate.shape[0])
        self.columns = slice(left, left + plate.shape[1])

    def apply(self, frame: Frame) -> None:
        """Mark a frame in place."""
        cut = frame.cut(self.columns.start, self.rows.start, self.columns.stop, self.rows.stop)
        marked = cut.image * self._share + self._light
        frame.put(cut._replace(image=marked.astype(np.uint8)))
