"""One swap in a fresh process, by the engine of any checkout.

`python -P local/bench/one_swap.py VIDEO FACE REFERENCE OUT` with the checkout as PYTHONPATH swaps once. Its last line
says as JSON what it took: seconds, of both passes too, processor seconds, memory in MiB. As it also runs beside
earlier engines, it imports nothing else of ours.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_TIMEOUT_SECONDS = 300.0


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
    """Busy seconds by stage; empty from an engine that does not tell them."""


def swap_once(checkout: Path, video: Path, face: Path, reference: Path, output: Path) -> Taken:
    """Swap by a checkout's engine in a process of its own. Raises CalledProcessError if it fails."""
    paths = [str(path) for path in (video, face, reference, output)]
    ended = subprocess.run(
        [sys.executable, "-P", str(Path(__file__).resolve()), *paths],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return Taken(**json.loads(ended.stdout.splitlines()[-1]))


def main(*paths: str) -> None:
    """Swap once and say what it took."""
    marks: dict[str, float] = {}

    def note(progress: tuple[str, int, int]) -> None:
        marks[progress[0]] = time.perf_counter()

    video, face, reference, output = map(Path, paths)
    started = time.perf_counter()
    from local.provider.engine.swapping import swap

    report = swap(video, face, reference, output, progress=note)
    ended = time.perf_counter()
    own, children = (
        resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    taken = Taken(
        frames=report.frames,
        seconds=ended - started,
        first_pass=marks["analyse"] - started,
        second_pass=ended - marks["analyse"],
        processor_seconds=own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        peak_mib=own.ru_maxrss / 1024,
        stages=dict(getattr(report, "stages", {})),
    )
    print(json.dumps(asdict(taken)))


if __name__ == "__main__":
    main(*sys.argv[1:])
