"""Commands that tests run: those of node_modules are on the path, and each has to work."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_TOOLS = PROJECT / "node_modules/.bin"
_SECONDS = 600


def run(
    *command: str | Path,
    cwd: Path,
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """What a command says; `given` is its standard input. Whatever else it writes goes below its folder."""
    ended = subprocess.run(
        command,
        cwd=cwd,
        env={
            "PATH": f"{_TOOLS}:{os.environ['PATH']}",
            "HOME": str(cwd),
            "NO_PROXY": "127.0.0.1",
            **(environment or {}),
        },
        input=given,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return ended.stdout
