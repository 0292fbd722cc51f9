"""Where the command may write: nothing that is there already is lost."""

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

_SUFFIXES = {".mp4", ".m4v"}


class OutputError(Exception):
    """The output may not be written there; the text says why, in one line."""


def check_output(video: Path, inputs: Sequence[Path], *, force: bool) -> Path:
    """Refuse an output that would destroy something or that cannot be; give the place of its sheet.

    A sheet whose place is taken goes beside what is there. Raises OutputError.
    """
    if video.suffix.lower() not in _SUFFIXES:
        raise OutputError(f"{video}: the new video is an MP4, so its name must end in .mp4")
    sheet = video.with_suffix(".png")
    for path in (video, sheet):
        if any(_same(path, given) for given in inputs):
            raise OutputError(f"{path} is one of the inputs and would be overwritten")
    if video.is_dir():
        raise OutputError(f"{video} is a folder")
    if os.path.lexists(video):
        if not force:
            raise OutputError(f"{video} exists already; --force overwrites it")
        if not video.is_file():
            raise OutputError(f"{video} is not a file that can be overwritten")
    _check_folder(video)
    if force and sheet.is_file():
        return sheet
    names = (video.with_name(f"{video.stem}-{number}.png") for number in itertools.count(2))
    return next(path for path in itertools.chain([sheet], names) if not os.path.lexists(path))


def _check_folder(video: Path) -> None:
    folder = next(parent for parent in video.absolute().parents if os.path.lexists(parent))
    if not folder.is_dir():
        raise OutputError(f"{folder} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder} may not be written to")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
