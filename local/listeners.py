"""Which process listens on a port of this machine, as far as /proc lets us know."""

import os
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"
_LONGEST_COMMAND = 120


def bind_refused(port: int, error: OSError) -> str:
    """Why a port cannot be had: the system's text, and who has it."""
    who = listener(port)
    said = os.strerror(error.errno or 0)
    return f"{said}, by {who}" if who else said


def listener(port: int) -> str | None:
    """The process that listens on a TCP port, with its command; None if that is not to be seen."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    pids = sorted(int(path.name) for path in _PROC.glob("[0-9]*")) if sockets else []
    for pid in pids:
        if sockets & _open_files(pid):
            return f"process {pid} ({_command(pid)})"
    return None


def _inodes(port: int) -> set[str]:
    found = set()
    for table in ("tcp", "tcp6"):
        for line in _text(_PROC / "net" / table).splitlines()[1:]:
            fields = line.split()
            local, state, inode = fields[1], fields[3], fields[9]
            if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
                found.add(inode)
    return found


def _open_files(pid: int) -> set[str]:
    found = set()
    # It may have ended, closed a file meanwhile, or belong to somebody else.
    with suppress(OSError):
        for path in (_PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                found.add(str(path.readlink()))
    return found


def _command(pid: int) -> str:
    words = _text(_PROC / str(pid) / "cmdline").replace("\0", " ").split()
    return " ".join(words)[:_LONGEST_COMMAND] or "unknown command"


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
