"""The three networks, loaded once a swap."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager

from local.provider.engine.detector import Detector
from local.provider.engine.identity import Embedder
from local.provider.engine.landmarks import Landmarker

_LANDMARKERS = 2


class Networks:
    """Loads the detector, the embedder, and a landmarker for each of two threads (about 0.2 s)."""

    def __init__(self) -> None:
        self.detector = Detector()
        self.embedder = Embedder()
        self.landmarkers = [Landmarker() for _ in range(_LANDMARKERS)]
        self._free: queue.SimpleQueue[Landmarker] = queue.SimpleQueue()
        for landmarker in self.landmarkers:
            self._free.put(landmarker)

    @contextmanager
    def landmarker(self) -> Iterator[Landmarker]:
        """Take a landmarker that no other thread uses; wait for one if need be."""
        taken = self._free.get()
        try:
            yield taken
        finally:
            self._free.put(taken)
