"""One command at a time in a stack's folder, held by a lock that ends with the process that took it."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from local.stack.errors import StackError

FILE = "lock"
_LONGEST_SECONDS = 300.0
_POLL_SECONDS = 0.05


@contextmanager
def locked(
    work: Path, say: Callable[[str], None], seconds: float = _LONGEST_SECONDS
) -> Iterator[None]:
    """Hold the folder's lock; who has to wait says so. Raises StackError after so many seconds.

    Python's descriptors are not inherited, so no background process keeps the lock.
    """
    with (work / FILE).open("a") as file:
        if not _taken(file):
            say(f"waiting for another `up` or `down` in {work}")
            limit = time.monotonic() + seconds
            while not _taken(file):
                if time.monotonic() > limit:
                    raise StackError(
                        f"another `up` or `down` has been at work in {work} for {seconds:g} s;"
                        " try again when it has ended"
                    )
                time.sleep(_POLL_SECONDS)
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
