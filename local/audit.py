"""`make audit`: asks the services that know of weak packages, and never takes silence for a good answer.

Where no service answers, pip-audit without `--strict` skips every package and ends well; here that is NOT RUN, and
fails.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_SECONDS = 300
_PIP_AUDIT = [
    str(ROOT / ".venvs/audit/bin/pip-audit"),
    "--strict",
    "--cache-dir",
    str(ROOT / ".cache/pip-audit"),
    "--disable-pip",
    "--require-hashes",
    "-r",
]
COMMANDS = {
    "layers/runtime/requirements.txt": [*_PIP_AUDIT, "layers/runtime/requirements.txt"],
    "requirements/local.txt": [*_PIP_AUDIT, "requirements/local.txt"],
    "package-lock.json": ["npm", "audit"],
}


def verdict(code: int, output: str) -> str:
    """`clean`, `WEAK` if something is known against a package, or `NOT RUN` if nobody could say."""
    if code == 0:
        return "clean"
    has_findings = "known vulnerabilit" in output or "severity" in output.lower()
    return "WEAK" if has_findings else "NOT RUN"


def main() -> int:
    """0 only if each list of packages was looked up and is clean."""
    verdicts = []
    for name, command in COMMANDS.items():
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        output = done.stdout + done.stderr
        verdicts.append(verdict(done.returncode, output))
        print(f"{verdicts[-1]:<8} {name}")
        if verdicts[-1] != "clean":
            print(output.strip(), file=sys.stderr)
    return 0 if set(verdicts) == {"clean"} else 1


if __name__ == "__main__":
    sys.exit(main())
