"""Writing a file beside its place, so that under its name it is there whole or not at all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a new, empty file beside a path; it is gone afterwards."""
    part = path.with_name(f".{secrets.token_hex(6)}.part")
    part.open("xb").close()
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new, empty file beside a path; it takes the path's name if the block succeeds."""
    with beside(path) as part:
        yield part
        part.replace(path)
