"""Where the model files lie."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "provider" / "models"

FACE_DETECTOR = _FOLDER / "face_detection_short_range.tflite"
FACE_LANDMARKS = _FOLDER / "face_landmark.tflite"
FACE_IDENTITY = _FOLDER / "embed_dlib_fp16.onnx"
FACE_TOPOLOGY = _FOLDER / "topo.npz"
