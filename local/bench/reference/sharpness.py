"""Making the new face as sharp or as soft as the frame around it."""

import cv2
import numpy as np

from local.bench.reference.arrays import Doubles, Flags, Floats, Image, floats

_LEAST_PIXELS = 60
_MEMORY = 0.85
_TOO_SHARP, _TOO_SOFT = 1.3, 0.75


class SharpnessMatch:
    """Compares fine detail inside the face; remembers a little, so that it does not flicker."""

    def __init__(self) -> None:
        self._ratio: float | None = None

    def apply(self, face: Floats, target: Image, mask: Floats) -> Floats:
        """Blur or sharpen a face to fit the target patch; `mask` is per cell."""
        wanted = _detail(target[..., 1])
        own = _detail(np.clip(face[..., 1], 0, 255).astype(np.uint8))
        inside: Flags = floats(cv2.resize(mask, (wanted.shape[1], wanted.shape[0]))) > 0.7
        if inside.sum() <= _LEAST_PIXELS:
            return face
        ratio = float(own[inside].std() / (wanted[inside].std() + 1e-3))
        before = self._ratio
        ratio = ratio if before is None else _MEMORY * before + (1 - _MEMORY) * ratio
        self._ratio = ratio
        if ratio > _TOO_SHARP:
            sigma = float(np.clip(0.35 * np.log2(ratio) + 0.25, 0.3, 1.1))
            return floats(cv2.GaussianBlur(face, (0, 0), sigma))
        if ratio < _TOO_SOFT:
            blurred = cv2.GaussianBlur(face, (0, 0), 1.4)
            return floats(cv2.addWeighted(face, 1.6, blurred, -0.6, 0))
        return face


def _detail(channel: Image) -> Doubles:
    edges = cv2.Laplacian(np.ascontiguousarray(channel), cv2.CV_16S)
    return edges[::2, ::2].astype(np.float64)
