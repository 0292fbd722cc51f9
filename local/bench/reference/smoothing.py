"""Calming the points of a track without lag, as every frame is known beforehand."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from local.bench.reference.arrays import Doubles, Points
from local.bench.reference.geometry import Similarity, head_pose
from local.bench.reference.topology import QUICK

# Widths of the Gaussians, in frames.
_POSE = 0.8
_DEFORMATION = 1.6
_QUICK_DEFORMATION = 0.6


class Posture(NamedTuple):
    """A face in one frame: its points, how the head is turned, and its form without that turn."""

    points: Doubles
    pose: Similarity
    form: Doubles


def form_of(points: Doubles, pose: Similarity) -> Doubles:
    """Undo a pose: the face's form in the frame of the average face."""
    form: Doubles = (points - pose.shift) @ pose.rotation / pose.scale
    return form


def smooth(track_points: Sequence[Points]) -> list[Posture]:
    """Smooth pose and form apart, with different strength; lids and lips least."""
    points = np.asarray(track_points, np.float64)
    poses = [head_pose(face) for face in points]
    forms = np.array([form_of(face, pose) for face, pose in zip(points, poses, strict=True)])
    logs = np.log(np.array([pose.scale for pose in poses]))[:, None]
    scales = np.exp(_gaussian(logs, _POSE * 1.5))[:, 0]
    shifts = _gaussian(np.array([pose.shift for pose in poses]), _POSE)
    turns = _gaussian(np.array([pose.rotation for pose in poses]).reshape(-1, 9), _POSE)
    left, _, right = np.linalg.svd(turns.reshape(-1, 3, 3))
    rotations = left @ right
    calm = _gaussian(forms, _DEFORMATION)
    calm[:, QUICK] = _gaussian(forms, _QUICK_DEFORMATION)[:, QUICK]
    placed = np.einsum("tij,tnj->tni", rotations * scales[:, None, None], calm) + shifts[:, None]
    return [
        Posture(placed[i], Similarity(float(scales[i]), rotations[i], shifts[i]), calm[i])
        for i in range(len(points))
    ]


def _gaussian(values: Doubles, sigma: float) -> Doubles:
    if len(values) < 3:
        return values.copy()
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.concatenate([values[:1]] * reach + [values] + [values[-1:]] * reach)
    total = np.zeros_like(values)
    for offset, weight in enumerate(kernel):
        total += weight * padded[offset : offset + len(values)]
    return total
