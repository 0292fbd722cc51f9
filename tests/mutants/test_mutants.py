"""The parts of `make mutants`: the list of judged mutants, the processes, and that a fault is met and caught."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.mutants import judged, report
from tests.support.mutants.children import TOO_LONG, Task, run_forked
from tests.support.mutants.mutant import Mutant
from tests.support.mutants.report import Ended

PROJECT = Path(__file__).resolve().parents[2]
LIST = """# A remark.

rules/a.py f
- x = 1
+ x = 2
- y = 1
+ y = 2
why: Nobody reads them.

rules/b.py
- Z = 1
+
why: Z is not used.
"""
TRIED = """
from pathlib import Path
from tests.support.mutants.children import Task, run_forked
from tests.support.mutants.mutant import Mutant
from tests.support.mutants.testing import PACKAGE, load_before, try_mutant

def mutant(old, new):
    source = (PACKAGE / "rules/ids.py").read_text()
    assert old in source
    return Mutant("rules/ids.py", "job_id", old, new, (1, 1), "x", source.replace(old, new))

load_before()
files = ["tests/unit/test_names.py"]
mutants = {"same": mutant('"job_"', '"job_"'), "other": mutant('"job_"', '"jab_"')}
tasks = [Task(name, lambda each=each: try_mutant(each, files), 60) for name, each in mutants.items()]
print(sorted(run_forked(tasks, 2)))
"""


def sleeping() -> int:
    time.sleep(600)
    return 0


def endless() -> int:
    while True:
        pass


def killed() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def a_mutant(module: str = "rules/a.py", after: str = "x = 2") -> Mutant:
    return Mutant(module, "f", "x = 1", after, (1, 1), "NumberReplacer", "x = 2\n")


def test_the_list_of_judged_mutants_is_read(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.txt"
    path.write_text(LIST)

    read = judged.read(path)

    assert read == {
        ("rules/a.py", "f", "x = 1", "x = 2"): "Nobody reads them.",
        ("rules/a.py", "f", "y = 1", "y = 2"): "Nobody reads them.",
        ("rules/b.py", "", "Z = 1", ""): "Z is not used.",
    }
    made = {a_mutant().name}
    assert judged.stale(read, made, {"rules/a.py"}) == ["rules/a.py f: + y = 2"]
    assert judged.stale(read, made, {"rules/c.py"}) == []


@pytest.mark.parametrize(
    "block",
    [
        "rules/a.py f\n- x\nwhy: y\n",
        "rules/a.py f\n- x\n+ y\n",
        "rules/a.py f\nwhy: y\n",
        "rules/a.py f\n+ x\n- y\nwhy: z\n",
    ],
)
def test_a_block_that_is_not_whole_is_refused(block: str, tmp_path: Path) -> None:
    path = tmp_path / "equivalent.txt"
    path.write_text(block)

    with pytest.raises(ValueError, match="not as a judged mutant is written"):
        judged.read(path)


def test_what_is_shown_of_a_mutant_can_stand_in_the_list(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.txt"
    path.write_text(report.shown(a_mutant()) + "why: It is.\n")

    assert judged.read(path) == {a_mutant().name: "It is."}


def test_the_share_leaves_out_what_was_judged_equal() -> None:
    ended = [
        *(Ended(a_mutant(after=str(number)), "caught") for number in range(19)),
        Ended(a_mutant(), "survived"),
        Ended(a_mutant(), "equal"),
        Ended(a_mutant("usecases/b.py"), "caught"),
    ]

    assert report.shares(ended) == {"rules": 0.95, "usecases": 1.0}
    assert report.table(ended).splitlines()[2] == "| `rules` | 21 | 19 | 1 | 1 | 95.0% |"


def test_what_was_caught_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "out/mutants.json"
    ended = [Ended(a_mutant(), "caught"), Ended(a_mutant(after="x = 3"), "survived")]

    report.write(ended, 1.0, path)

    assert report.read_caught(path) == {a_mutant().name}


def test_processes_end_with_their_code_or_when_their_time_is_over() -> None:
    tasks = [
        Task("quick", lambda: 3, 60),
        Task("sleeping", sleeping, 0.1),
        Task("endless", endless, 1),
        Task("killed", killed, 60),
    ]

    assert dict(run_forked(tasks, 2)) == {
        "quick": 3,
        "sleeping": TOO_LONG,
        "endless": -signal.SIGXCPU,
        "killed": -signal.SIGKILL,
    }


def test_a_process_that_goes_wrong_counts_as_no_catch(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="for odd"):
        dict(run_forked([Task("odd", lambda: 1 // 0, 60)], 1))

    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_fault_is_met_by_the_tests_and_caught() -> None:
    command = [sys.executable, "-c", TRIED]
    environment = os.environ | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'layers/faceswap/python'}"}

    tried = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert tried.stdout == "[('other', 1), ('same', 0)]\n", tried.stderr
