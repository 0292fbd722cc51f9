"""Looking at a video in a process of its own, so that what breaks a decoder breaks only that."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from local.provider.engine.cropping import Crop
from local.provider.engine.errors import UnreadableVideoError
from local.provider.engine.hdr import Mastering
from local.provider.engine.limits import Limits
from local.provider.engine.orientation import Orientation
from local.provider.engine.probe import VideoFacts, probe

LIMITS = Limits(memory=600 << 20, seconds=20, file_bytes=0)
_TIMEOUT_SECONDS = 40.0
_PROJECT = Path(__file__).resolve().parents[3]


@contextmanager
def inspecting(video: Path) -> Iterator[Callable[[], VideoFacts]]:
    """Begin to look at a video; what is given waits for the facts, or raises UnreadableVideoError."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local.provider.engine.inspection", str(video.resolve())],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_PROJECT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        yield lambda: _facts(process)
    finally:
        process.kill()
        process.communicate()


def _facts(process: "subprocess.Popen[bytes]") -> VideoFacts:
    try:
        told, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise UnreadableVideoError("to look at it takes too long") from None
    if process.returncode:
        raise UnreadableVideoError("to look at it takes more than it may")
    answer = json.loads(told)
    if "refused" in answer:
        raise UnreadableVideoError(answer["refused"])
    return VideoFacts(
        answer["width"],
        answer["height"],
        answer["frames"],
        Fraction(answer["rate"]),
        Crop(*answer["crop"]),
        Orientation(*answer["orientation"]),
        _mastering(answer["mastering"]),
        tuple(answer["notes"]),
    )


def _mastering(told: list[list[int] | None] | None) -> Mastering | None:
    if told is None:
        return None
    display, light = (None if part is None else tuple(part) for part in told)
    return Mastering(display, light)


def main(video: Path) -> int:
    """Say as JSON what a video is, or why it is refused."""
    LIMITS.set()
    try:
        facts = probe(video)
    except UnreadableVideoError as error:
        print(json.dumps({"refused": error.reason}))
        return 0
    except (MemoryError, OSError):
        return 1
    told = {
        "width": facts.stored_width,
        "height": facts.stored_height,
        "frames": facts.frames,
        "rate": str(facts.rate),
        "crop": facts.crop,
        "orientation": facts.orientation,
        "mastering": facts.mastering,
        "notes": facts.notes,
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
