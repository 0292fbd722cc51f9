"""The three networks, loaded once a swap."""

from local.provider.engine.detector import Detector
from local.provider.engine.identity import Embedder
from local.provider.engine.landmarks import Landmarker


class Networks:
    """Loads the detector, the landmarker and the embedder (about 0.2 s)."""

    def __init__(self) -> None:
        self.detector = Detector()
        self.landmarker = Landmarker()
        self.embedder = Embedder()
