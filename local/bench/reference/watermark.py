"""The visible mark in the corner of each frame, and the tags in the file, that say it is made."""

import cv2
import numpy as np

from local.bench.reference.arrays import Floats, Image, floats

TEXT = "AI FACE SWAP"
TAGS = {
    "title": "Face swap",
    "comment": "Synthetic media: a person's face was replaced by faceswap-adapter's local engine.",
    "digital_source_type": ("http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"),
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
        left = width - plate.shape[1] - int(0.02 * width)
        top = height - plate.shape[0] - int(0.02 * height)
        self._letters: Floats = floats(plate / 255)[..., None] * np.float32(_STRENGTH)
        self.rows = slice(top, top + plate.shape[0])
        self.columns = slice(left, left + plate.shape[1])

    def apply(self, frame: Image) -> None:
        """Mark a frame in place."""
        plate = frame[self.rows, self.columns]
        darkened = plate.astype(np.float32) * _DARKEN
        plate[...] = (darkened * (1 - self._letters) + 255 * self._letters).astype(np.uint8)
