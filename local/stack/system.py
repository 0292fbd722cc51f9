"""What the operating system says about processes: by /proc, or by `ps` where there is none.

Ended processes that nobody has collected yet count as ended.
"""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class _Entry(NamedTuple):
    group: int
    born: str


def born(pid: int) -> str | None:
    """When a process started, in the system's own form; None if it does not run."""
    entry = _from_proc(pid) if _has_proc() else _from_ps().get(pid)
    return entry.born if entry else None


def group_runs(group: int) -> bool:
    """Whether any process of a process group runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if _has_proc():
        pids = (int(path.name) for path in _PROC.iterdir() if path.name.isdigit())
        return any(entry.group == group for pid in pids if (entry := _from_proc(pid)))
    return any(entry.group == group for entry in _from_ps().values())


def signal_group(group: int, number: signal.Signals) -> None:
    """Signal every process of a process group, if there is one."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _has_proc() -> bool:
    return (_PROC / "self" / "stat").exists()


def _from_proc(pid: int) -> _Entry | None:
    try:
        # The name, in parentheses, may hold anything; the fields behind it are plain.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, group, started = fields[0], fields[2], fields[19]
    return None if state == "Z" else _Entry(int(group), started)


def _from_ps() -> dict[int, _Entry]:
    listed = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,pgid=,stat=,lstart="],
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    ).stdout
    rows = (line.split(maxsplit=3) for line in listed.splitlines())
    return {
        int(pid): _Entry(int(group), started.strip())
        for pid, group, state, started in rows
        if not state.startswith("Z")
    }
