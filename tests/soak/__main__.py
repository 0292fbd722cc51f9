"""`python -m tests.soak --jobs 500 --at-once 50 --seed 1`: prints a table and leaves out/soak.json.

It fails if anything was lost, sent twice, stuck, shown to the wrong owner, orphaned or cannot be explained.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.support.soak.plan import WHOLE
from tests.support.soak.report import table, write
from tests.support.soak.soak import soak

_OUT = Path(__file__).resolve().parents[2] / "out/soak.json"


def main() -> int:
    """Command line: 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--jobs", type=int, default=WHOLE.jobs)
    parser.add_argument("--at-once", type=int, default=WHOLE.at_once)
    parser.add_argument("--seed", type=int, default=WHOLE.seed)
    given = parser.parse_args()
    plan = replace(WHOLE, jobs=given.jobs, at_once=given.at_once, seed=given.seed)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        told = soak(plan, Path(folder), _say)
    write(told, _OUT)
    _say(table(told))
    return 1 if any(told["wrong"].values()) else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
