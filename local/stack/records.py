"""`processes.json`: the processes that were started for a folder, and for which folder that was.

A copy of the folder holds a copy of this file. The processes in it are the original's, so they do
not count there: a folder is known by its device and inode, which no copy shares, whatever its path.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from local.stack.files import write_atomically

FILE = "processes.json"


@dataclass(frozen=True)
class Process:
    """One started process; `born` tells it from a later one with the same id."""

    pid: int
    born: str
    command: list[str]
    port: int


@dataclass(frozen=True)
class _Folder:
    path: str
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self:
        status = path.stat()
        return cls(str(path), status.st_dev, status.st_ino)

    def is_same(self, other: "_Folder") -> bool:
        return (self.device, self.inode) == (other.device, other.inode)


@dataclass(frozen=True)
class _Document:
    folder: _Folder
    processes: dict[str, Process]


_DOCUMENT = TypeAdapter(_Document)


def read(work: Path, say: Callable[[str], None]) -> dict[str, Process]:
    """The processes that were started for this very folder, by name; says why a file counts as none."""
    file = work / FILE
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        document = _DOCUMENT.validate_json(text)
    except ValidationError:
        say(f"{file} is empty, broken or of another version: no process in it counts")
        return {}
    if not document.folder.is_same(_Folder.of(work)):
        say(f"{file} is a copy from {document.folder.path}: no process in it counts")
        return {}
    return document.processes


def write(work: Path, processes: Mapping[str, Process]) -> None:
    """Keep these processes; without any there is no file."""
    file = work / FILE
    if not processes:
        file.unlink(missing_ok=True)
        return
    work.mkdir(parents=True, exist_ok=True)
    document = _Document(_Folder.of(work), dict(processes))
    write_atomically(file, _DOCUMENT.dump_json(document, indent=1).decode(), mode=0o600)
