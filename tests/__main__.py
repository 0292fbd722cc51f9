"""`python -m tests`: every kind of test, five at once: many of them wait more than they work.

What takes long is a sample, by a seed that the run prints (the commit's, or TEST_SEED): the points at which functions
die, the provider's answers that go through the whole stack, generated requests, and the tests of `local/`, unless
something there has changed since the last tag. `--whole` takes all of it, and measures the branch coverage of the
shared package. With other arguments (`python -m tests tests/e2e -k webhook`) it runs what they name, whole.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.selection import commit_seed, local_has_changed

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / ".cache/coverage"
WHOLE = "--whole"
# Whole files go to a process, in the order of tests/support/balance.py: the longest first.
_AT_ONCE = ["--numprocesses", "5", "--dist", "loadfile", "--no-loadscope-reorder"]
_MEASURED = ["--cov", "--cov-report", "term-missing:skip-covered"]


def options_of(given: Sequence[str]) -> list[str]:
    """What pytest is told besides."""
    if given == [WHOLE]:
        return _MEASURED
    if given:
        return list(given)
    sampled, tag = ["--sample", commit_seed()], local_has_changed()
    if tag:
        _say(f"The tests of local/ are run whole, as it has changed since {tag}.")
    else:
        sampled.append("--sample-local")
    return sampled


def main() -> int:
    """Run pytest; its exit code, which tells of too little coverage too."""
    DATA.mkdir(parents=True, exist_ok=True)
    for old in DATA.glob(".coverage*"):
        old.unlink()
    environment, options = dict(os.environ), options_of(sys.argv[1:])
    if "--cov" in options:
        data_file = str(DATA / ".coverage")
        environment |= {"COVERAGE_FILE": data_file, "FUNCTIONS_COVERAGE_FILE": data_file}
    command = [sys.executable, "-m", "pytest", *_AT_ONCE, *options]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
