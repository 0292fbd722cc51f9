"""`python -m tests`: every test, two at once, with the branch coverage of the shared package over all processes.

With arguments (`python -m tests tests/e2e -k webhook`) it runs what they name, unmeasured.
"""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / ".cache/coverage"
# Whole files go to a process, in the order of the folders: the longest, the crashes, is among the first.
_AT_ONCE = ["--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
_MEASURED = ["--cov", "--cov-report", "term-missing:skip-covered"]


def main() -> int:
    """Run pytest; its exit code, which tells of too little coverage too."""
    DATA.mkdir(parents=True, exist_ok=True)
    for old in DATA.glob(".coverage*"):
        old.unlink()
    environment, options = dict(os.environ), sys.argv[1:]
    if not options:
        data_file = str(DATA / ".coverage")
        environment |= {"COVERAGE_FILE": data_file, "FUNCTIONS_COVERAGE_FILE": data_file}
        options = _MEASURED
    command = [sys.executable, "-m", "pytest", *_AT_ONCE, *options]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
