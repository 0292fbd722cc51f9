"""`python -m tests.mutants [PART…]`: puts small faults into the product, one at a time, and looks whether a test fails.

A part is a package or a module below `faceswap`; without one it is `rules`, `provider`, `contract` and `usecases`.
Prints those that no test caught, and leaves out/mutants.json. It fails if of a package fewer than 95 % are caught,
not counting those that tests/mutants/equivalent.txt judges equal in effect, or if that list names one that is not
made any more. `--judged` tries the judged ones too, and says which are caught after all; `--again` takes those as
caught that out/mutants.json says were, and tries the others: for whoever writes the missing tests.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.mutants import judged, report
from tests.support.mutants.children import Task, run_forked
from tests.support.mutants.mutant import Mutant
from tests.support.mutants.reach import Reach, chosen, measure
from tests.support.mutants.report import Ended
from tests.support.mutants.testing import PACKAGE, PROJECT, WORK, load_before, try_mutant

PARTS = ("rules", "provider", "contract", "usecases")
ENOUGH = 0.95
_EQUIVALENT = Path(__file__).parent / "equivalent.txt"
_OUT = PROJECT / "out/mutants.json"
_MAKER = (str(PROJECT / ".venvs/mutants/bin/python"), "-m", "tests.support.mutants.making")
# Of processor time, several times as much as the tests take without a mutant: more is running in circles.
_LEAST_SECONDS, _TIMES = 5.0, 4


def main() -> int:
    """Command line: 0 if enough are caught."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--judged", action="store_true")
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no child is left behind
    began = time.monotonic()
    (WORK / "reach").mkdir(parents=True, exist_ok=True)
    modules = _modules(given.parts)
    made = _made(modules)
    equal = judged.read(_EQUIVALENT)
    _say(f"{len(made)} mutants of {len(modules)} modules; the tests are run once without any")
    load_before()
    reaches = measure(given.at_once)
    fates = [Ended(mutant, "equal") for mutant in made if mutant.name in equal]
    caught = report.read_caught(_OUT) if given.again else set()
    known = [mutant for mutant in made if mutant.name in caught and mutant.name not in equal]
    fates += [Ended(mutant, "caught") for mutant in known]
    tried = [mutant for mutant in made if mutant.name not in caught | equal.keys()]
    try:
        for ended in _tried(tried, reaches, given.at_once):
            fates.append(ended)
    finally:
        report.write(fates, time.monotonic() - began, _OUT)
    if given.judged:
        doubted = [mutant for mutant, fate in fates if fate == "equal"]
        for mutant, fate in _tried(doubted, reaches, given.at_once):
            if fate == "caught":
                _say(f"judged equal, but caught:\n{report.shown(mutant)}")
    stale = judged.stale(equal, {mutant.name for mutant in made}, set(modules))
    for line in stale:
        _say(f"judged, but not made any more: {line}")
    _say(report.table(fates))
    _say(f"{time.monotonic() - began:.0f} s")
    return 1 if stale or any(share < ENOUGH for share in report.shares(fates).values()) else 0


def _modules(parts: Sequence[str]) -> list[str]:
    files: list[Path] = []
    for part in parts:
        place = PACKAGE / part
        if not place.exists():
            raise SystemExit(f"there is no {place}")
        files += sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [str(file.relative_to(PACKAGE)) for file in files if file.name != "__init__.py"]


def _made(modules: Sequence[str]) -> list[Mutant]:
    command = [*_MAKER, str(PACKAGE), *modules]
    made = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True).stdout
    return [Mutant(*json.loads(line)) for line in made.splitlines()]


def _tried(mutants: Sequence[Mutant], reaches: Sequence[Reach], at_once: int) -> Iterator[Ended]:
    """The fate of each, told as it is known."""
    tasks = (_task(number, mutant, reaches) for number, mutant in enumerate(mutants))
    survived = 0
    for done, (number, code) in enumerate(run_forked(tasks, at_once), start=1):
        mutant = mutants[int(number)]
        if code == 0:
            survived += 1
            _say(report.shown(mutant))
        if done % 100 == 0 or done == len(mutants):
            _say(f"{done} of {len(mutants)} tried, {survived} survived")
        yield Ended(mutant, "survived" if code == 0 else "caught")


def _task(number: int, mutant: Mutant, reaches: Sequence[Reach]) -> Task:
    files = chosen(mutant, reaches)
    names = [reach.file for reach in files]
    seconds = max(_LEAST_SECONDS, _TIMES * sum(reach.processor_seconds for reach in files))
    work = (lambda: try_mutant(mutant, names)) if names else (lambda: 0)
    return Task(str(number), work, seconds)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
