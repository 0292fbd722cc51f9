"""Which files of tests come to which lines of the product, measured by running each once on the product as it is."""

import json
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from coverage import Coverage

from tests.support.mutants.children import Task, run_forked
from tests.support.mutants.mutant import Mutant
from tests.support.mutants.testing import PACKAGE, PROJECT, WORK, run_tests

FOLDERS = ("tests/unit", "tests/contracts", "tests/model", "tests/integration")
_LOWEST = ("tests/unit/", "tests/contracts/")
_SECONDS = 300.0
_NONE = pytest.ExitCode.NO_TESTS_COLLECTED


class Reach(NamedTuple):
    """What one file of tests comes to: lines by module, as it is loaded and as it runs, and how long that takes."""

    file: str
    processor_seconds: float
    loaded: dict[str, list[int]]
    run: dict[str, list[int]]


class _Measured:
    def __init__(self) -> None:
        self.coverage = Coverage(data_file=None, include=[f"{PACKAGE}/*"], config_file=False)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        self.coverage.switch_context("run")

    def lines(self, context: str) -> dict[str, list[int]]:
        data = self.coverage.get_data()
        data.set_query_context(context)
        found = {name: data.lines(name) for name in data.measured_files()}
        return {
            str(Path(name).relative_to(PACKAGE)): lines for name, lines in found.items() if lines
        }


def measure(at_once: int) -> list[Reach]:
    """Run each file of tests that needs no stack. Raises RuntimeError if one fails without any mutant."""
    files = [str(path.relative_to(PROJECT)) for path in _files()]
    tasks = [Task(file, partial(_measure, file), _SECONDS) for file in files]
    codes = dict(run_forked(tasks, at_once))
    failed = [file for file, code in codes.items() if code not in {0, _NONE}]
    if failed:
        logs = " ".join(str(_log(file)) for file in failed)
        raise RuntimeError(f"tests fail on the product as it is; see {logs}")
    told = [json.loads(_told(file).read_text()) for file in files if codes[file] != _NONE]
    return [Reach(**each) for each in told]


def chosen(mutant: Mutant, reaches: Sequence[Reach]) -> list[Reach]:
    """The files of tests that may notice a mutant: first those of the lowest layer that use its module most.

    Those that come to its lines; where these run as the module is loaded, all that load it, but of the higher layers
    only the ones that use it. The model decides about use cases only: what it alone notices of a rule wants a row
    in a test of that rule.
    """
    reaches = [
        reach
        for reach in reaches
        if mutant.module.startswith("usecases/") or not reach.file.startswith("tests/model/")
    ]
    lines = set(range(mutant.lines[0], mutant.lines[1] + 1))
    run = [reach for reach in reaches if lines & set(reach.run.get(mutant.module, ()))]
    if not run or not mutant.function or _is_loaded(lines, mutant, reaches):
        run = [reach for reach in reaches if _may_notice(mutant.module, reach)]
    return sorted(run, key=partial(_rank, mutant.module))


def _rank(module: str, reach: Reach) -> tuple[bool, int]:
    return not reach.file.startswith(_LOWEST), -len(reach.run.get(module, ()))


def _may_notice(module: str, reach: Reach) -> bool:
    is_loaded = reach.file.startswith(_LOWEST) and module in reach.loaded
    return is_loaded or module in reach.run


def _is_loaded(lines: set[int], mutant: Mutant, reaches: Iterable[Reach]) -> bool:
    return any(lines & set(reach.loaded.get(mutant.module, ())) for reach in reaches)


def _files() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (PROJECT / folder).glob("test_*.py"))


def _measure(file: str) -> int:
    measured = _Measured()
    measured.coverage.start()
    code = run_tests([file], _log(file), measured)
    measured.coverage.stop()
    reach = Reach(file, time.process_time(), measured.lines(""), measured.lines("run"))
    _told(file).write_text(json.dumps(reach._asdict()))
    return code


def _told(file: str) -> Path:
    return WORK / "reach" / (file.replace("/", "+") + ".json")


def _log(file: str) -> Path:
    return _told(file).with_suffix(".log")
