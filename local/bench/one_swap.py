"""`python -m local.bench.one_swap current|reference VIDEO FACE REFERENCE OUT`: one swap in a fresh process.

Its last line says as JSON what it took: seconds, of both passes too, processor seconds, memory in MiB.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Engine = Literal["current", "reference"]
_PATIENCE_SECONDS = 300.0
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Taken:
    """What one swap took."""

    frames: int
    seconds: float
    first_pass: float
    second_pass: float
    processor_seconds: float
    peak_mib: float
    stages: dict[str, float]


def swap_once(engine: Engine, video: Path, face: Path, reference: Path, output: Path) -> Taken:
    """Swap in a process of its own. Raises CalledProcessError if it fails."""
    paths = [str(path) for path in (video, face, reference, output)]
    ended = subprocess.run(
        [sys.executable, "-m", "local.bench.one_swap", engine, *paths],
        cwd=_PROJECT,
        stdout=subprocess.PIPE,
        timeout=_PATIENCE_SECONDS,
        check=True,
    )
    return Taken(**json.loads(ended.stdout.splitlines()[-1]))


def main(engine: str, *paths: str) -> None:
    """Swap once and say what it took."""
    marks: dict[str, float] = {}

    def note(progress: tuple[str, int, int]) -> None:
        marks[progress[0]] = time.perf_counter()

    video, face, reference, output = map(Path, paths)
    stages: dict[str, float] = {}
    started = time.perf_counter()
    if engine == "current":
        from local.provider.engine.swapping import swap

        report = swap(video, face, reference, output, progress=note)
        frames, stages = report.frames, dict(report.stages)
    else:
        from local.bench.reference import swap as first_swap

        frames = first_swap(video, face, reference, output, progress=note).frames
    ended = time.perf_counter()
    own, children = (
        resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    taken = Taken(
        frames=frames,
        seconds=ended - started,
        first_pass=marks["analyse"] - started,
        second_pass=ended - marks["analyse"],
        processor_seconds=own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        peak_mib=own.ru_maxrss / 1024,
        stages=stages,
    )
    print(json.dumps(asdict(taken)))


if __name__ == "__main__":
    main(*sys.argv[1:])
