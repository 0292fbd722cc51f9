"""`python -m tests`: every test, with the branch coverage of the shared package over all processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / ".cache/coverage"
_CLOSING_LINE = re.compile(r"^(=+ )?\d+ (passed|failed|error).*in [\d.]+s")


def main() -> int:
    """Run, combine, report; the runner's closing line comes last."""
    DATA.mkdir(parents=True, exist_ok=True)
    for old in DATA.glob(".coverage*"):
        old.unlink()
    data_file = str(DATA / ".coverage")
    environment = os.environ | {
        "COVERAGE_FILE": data_file,
        "FUNCTIONS_COVERAGE_FILE": data_file,
        "PYTHONUNBUFFERED": "1",
    }
    tests = [sys.executable, "-m", "coverage", "run", "-m", "pytest", *sys.argv[1:]]
    code, closing = _run(tests, environment)
    report_code = 0
    if not sys.argv[1:]:
        subprocess.run(
            [sys.executable, "-m", "coverage", "combine", "--quiet"],
            cwd=PROJECT,
            env=environment,
            check=True,
        )
        report = [sys.executable, "-m", "coverage", "report"]
        report_code = subprocess.run(report, cwd=PROJECT, env=environment, check=False).returncode
    print(closing, flush=True)
    return code or report_code


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a command, passing its output on; its exit code and the line that sums up."""
    closing = "the runner ended without a closing line"
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            if _CLOSING_LINE.match(line):
                closing = line.rstrip()
    return process.returncode, closing


if __name__ == "__main__":
    sys.exit(main())
