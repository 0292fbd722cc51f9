"""`python -m local.scale [--sizes N …] [--docs FOLDER]`: counts, simulates, and writes scale.md with its plots."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import get_args

from local.scale.backlog import OVERDUE, items
from local.scale.counting import Cost
from local.scale.emulator import emulated_dynamodb
from local.scale.operations import measure
from local.scale.page import COSTS_PLOT, WAITS_PLOT, not_flat, page
from local.scale.plots import plot_costs, plot_waits
from local.scale.simulation import Discipline, Wait, arrivals, simulate
from local.scale.table import fill, new_table
from local.stack.parts import PROJECT

_SIZES = (1000, 10_000, 100_000)
_OWNERS = {"100,000 jobs": 100_000, "100 jobs": 100, "1 job": 1}
_SLOTS, _BETWEEN, _SEED = 10, 1.0, 1


def main() -> int:
    """Write the page; fails if something grows with the backlog that should not."""
    parser = argparse.ArgumentParser(prog="python -m local.scale", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=_SIZES, help="open jobs, each > 400"
    )
    parser.add_argument("--docs", type=Path, default=PROJECT / "docs", help="where the page goes")
    given = parser.parse_args()
    measured = _measured(given.sizes)
    waits = _waits()
    plot_costs(measured, given.docs / COSTS_PLOT)
    plot_waits(waits, given.docs / WAITS_PLOT)
    (given.docs / "scale.md").write_text(page(measured, waits))
    rising = not_flat(measured)
    for operation in rising:
        print(f"not flat: {operation}", file=sys.stderr)
    return 1 if rising else 0


def _measured(sizes: list[int]) -> dict[int, dict[str, Cost]]:
    measured = {}
    with tempfile.TemporaryDirectory() as work, emulated_dynamodb(Path(work)) as dynamodb:
        for size in sizes:
            print(f"{size:,} open jobs", file=sys.stderr, flush=True)
            table = new_table(dynamodb, f"jobs-{size}")
            fill(dynamodb, table, items(size, OVERDUE))
            measured[size] = measure(dynamodb, table, size)
            dynamodb.delete_table(TableName=table)
    return measured


def _waits() -> dict[str, list[Wait]]:
    print("how long jobs wait", file=sys.stderr, flush=True)
    jobs = arrivals(_OWNERS, _BETWEEN, _SEED)
    disciplines: tuple[Discipline, ...] = get_args(Discipline)
    return {each: simulate(jobs, _SLOTS, each) for each in disciplines}


if __name__ == "__main__":
    sys.exit(main())
