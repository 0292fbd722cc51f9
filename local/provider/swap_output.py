"""Where the command may write: nothing that is there already is lost."""

import os
from collections.abc import Iterable
from pathlib import Path

_SUFFIXES = {".mp4", ".m4v"}


class OutputError(Exception):
    """The output may not be written there; the text says why, in one line."""


def check_output(video: Path, sheet: Path, inputs: Iterable[Path], *, force: bool) -> None:
    """Refuse an output that would destroy something, or that could not be written. Raises OutputError."""
    if video.suffix.lower() not in _SUFFIXES:
        raise OutputError(f"{video}: the new video is an MP4, so its name must end in .mp4")
    for path in (video, sheet):
        if any(_same(path, given) for given in inputs):
            raise OutputError(f"{path} is one of the inputs and would be overwritten")
    for path in (video, sheet):
        _check_replaceable(path, force=force)
    folder = next(parent for parent in video.absolute().parents if os.path.lexists(parent))
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} may not be written to")


def _check_replaceable(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise OutputError(f"{path} is a folder")
    if os.path.lexists(path):
        if not force:
            raise OutputError(f"{path} exists already; --force overwrites it")
        if not path.is_file():
            raise OutputError(f"{path} is not a file that can be overwritten")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
