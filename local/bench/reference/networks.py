"""The three networks, loaded once a swap."""

from local.bench.reference.detector import Detector
from local.bench.reference.identity import Embedder
from local.bench.reference.landmarks import Landmarker


class Networks:
    """Loads the detector, the landmarker and the embedder (about 0.2 s)."""

    def __init__(self) -> None:
        self.detector = Detector()
        self.landmarker = Landmarker()
        self.embedder = Embedder()
