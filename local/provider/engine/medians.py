"""Medians of short rows and of pictures: many are taken a frame, and NumPy's own are made for more than that."""

import numpy as np

from local.provider.engine.arrays import Points


def median(values: Points) -> float:
    """Find the middle of all values, which must be some and all be numbers."""
    ordered = values.flatten()
    upper = len(ordered) // 2
    lower = upper - 1 + len(ordered) % 2
    ordered.partition((lower, upper))
    return float((ordered[lower] + ordered[upper]) / 2)


def medians(rows: Points) -> Points:
    """Find the middle of each place over the first axis, which must have one at least."""
    # Sorted side by side, as the processor likes it.
    ordered = np.sort(np.ascontiguousarray(np.moveaxis(rows, 0, -1)), axis=-1)
    upper = ordered.shape[-1] // 2
    lower = upper - 1 + ordered.shape[-1] % 2
    middle: Points = (ordered[..., lower] + ordered[..., upper]) / 2
    return middle
