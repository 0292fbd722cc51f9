"""From a fresh interpreter to the first answer, beside the usual stack in the same run; in processor time.

Each kind's best of some rounds counts, and so does the usual stack's. Connections to AWS are plain here.
"""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from local.bench.rows import Row
from local.cold_start.event_kinds import one_of_each
from local.cold_start.fresh_interpreter import FirstAnswer
from local.cold_start.stack import prepared
from local.stack.parts import PROJECT

GROUP = "cold-start"
_LIMITS = {
    "POST /v1/jobs": 0.7,
    "POST /v1/jobs, with limits": 0.7,
    "the webhook": 0.5,
    "POST /api/v6/faceswap/specific_video_swap": 0.7,
}
_ROUNDS = 7
_SECONDS = 60
_LARGEST = 5
_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
_USUAL_STACK = Path(__file__).parents[1] / "cold_start/usual_stack.py"
_PYTHON = PROJECT / ".venvs/bench/bin/python"


def measure(folder: Path) -> Iterator[Row]:
    """Each kind of event, and where the time of those that have limits goes."""
    seconds: dict[str, list[float]] = defaultdict(list)
    usual: list[float] = []
    with prepared(folder) as functions:
        dict(one_of_each(functions))  # compiles what is ours
        for _ in range(_ROUNDS):
            usual.append(_usual())
            for kind, first in one_of_each(functions):
                seconds[kind].append(first.seconds)
        told = dict(one_of_each(functions, tell_imports=True))
    reference = min(usual)
    without = sum(len(first.without_byte_code) for first in told.values())
    yield Row(GROUP, "modules that came without byte code", "", without, 0, "none", "at most")
    yield Row(GROUP, "the usual stack: imported and constructed", "ms", 1000 * reference)
    for kind, spent in seconds.items():
        yield Row(GROUP, kind, "ms", 1000 * min(spent), 1000 * reference, "the usual stack")
        if kind in _LIMITS:
            share, limit = min(spent) / reference, _LIMITS[kind]
            yield Row(GROUP, f"{kind}: share", "", share, limit, "its limit", "at most")
    for kind in _LIMITS:
        yield from _largest(kind, told[kind])


def _usual() -> float:
    command = [str(_PYTHON), "-I", str(_USUAL_STACK)]
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=True
    )
    return float(ended.stdout)


def _largest(kind: str, first: FirstAnswer) -> Iterator[Row]:
    """The largest parts of one first answer that was traced, which makes imports slower than they are."""
    parts = _imports(first.imports)
    parts["clients, and the answer itself"] = first.seconds - sum(parts.values())
    for name, spent in Counter(parts).most_common(_LARGEST):
        share = 100 * spent / first.seconds
        yield Row(GROUP, f"{kind}: {name}", "% of it", share)


def _imports(told: str) -> dict[str, float]:
    """Seconds by package, of what each module takes without those that it imports."""
    parts: Counter[str] = Counter()
    for microseconds, module in _IMPORTED.findall(told):
        first = module.partition(".")[0]
        name = "the standard library" if first in sys.stdlib_module_names else first
        parts[name] += int(microseconds)
    return {f"importing {name}": total / 1e6 for name, total in parts.items()}
