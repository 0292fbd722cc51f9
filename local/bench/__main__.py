"""`python -m local.bench [GROUP ...]`: measures, prints a table, writes out/bench.json; fails if a row is broken."""

import argparse
import sys
import tempfile
from pathlib import Path

from local.bench import cold_start, engine_identity, engine_speed
from local.bench.rows import Group, keep, show

GROUPS: dict[str, Group] = {
    "cold-start": cold_start.measure,
    "engine-speed": engine_speed.measure,
    "engine-identity": engine_identity.measure,
}
_KEPT = Path(__file__).resolve().parents[2] / "out" / "bench.json"


def main() -> int:
    """Measure the named groups, or all."""
    parser = argparse.ArgumentParser(prog="python -m local.bench")
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--json", type=Path, default=_KEPT, help="where the rows are kept")
    given = parser.parse_args()
    unknown = set(given.groups) - GROUPS.keys()
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in given.groups or GROUPS:
            print(f"measuring {name}", file=sys.stderr, flush=True)
            rows += list(GROUPS[name](Path(folder)))
    keep(rows, given.json)
    show(rows)
    broken = [row for row in rows if not row.holds]
    for row in broken:
        print(f"broken: {row.group}: {row.name}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
