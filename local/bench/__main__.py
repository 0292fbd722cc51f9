"""`python -m local.bench [GROUP ...]`: measures, prints a table, writes out/bench.json; fails if a row is broken.

A group that needs an earlier engine says so and fails where there is none; the others are measured all the same.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from local.bench import cold_start, engine_identity, engine_speed, http
from local.bench.base import Base, BaseError, check_out_base
from local.bench.rows import Row, keep, show
from local.stack.parts import PROJECT

_ALONE = {"cold-start": cold_start.measure, "http": http.measure}
_BESIDE_BASE: dict[str, Callable[[Path, Base], Iterator[Row]]] = {
    "engine-speed": engine_speed.measure,
    "engine-identity": engine_identity.measure,
}
GROUPS = (*_ALONE, *_BESIDE_BASE)
_KEPT = PROJECT / "out" / "bench.json"


def main() -> int:
    """Measure the named groups, or all."""
    parser = argparse.ArgumentParser(prog="python -m local.bench")
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument(
        "--base",
        default="",
        metavar="revision",
        help="whose engine is the reference; the newest tag, or the first commit that has the engine",
    )
    parser.add_argument("--json", type=Path, default=_KEPT, help="where the rows are kept")
    given = parser.parse_args()
    unknown = set(given.groups).difference(GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    without_base = False
    with tempfile.TemporaryDirectory() as folder:
        for name in given.groups or GROUPS:
            print(f"measuring {name}", file=sys.stderr, flush=True)
            try:
                rows += _measure(name, Path(folder), given.base)
            except BaseError as error:
                without_base = True
                print(f"{name}: {error}", file=sys.stderr)
    if rows:
        keep(rows, given.json)
    show(rows)
    broken = [row for row in rows if not row.holds]
    for row in broken:
        print(f"broken: {row.group}: {row.name}", file=sys.stderr)
    return 1 if broken or without_base else 0


def _measure(group: str, folder: Path, base: str) -> list[Row]:
    if group in _ALONE:
        return list(_ALONE[group](folder))
    return list(_BESIDE_BASE[group](folder, check_out_base(PROJECT, base)))


if __name__ == "__main__":
    sys.exit(main())
