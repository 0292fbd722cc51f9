"""Files as they go out and come in: in pieces, never whole in memory."""

import base64
import hashlib
import mimetypes
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

CHUNK = 256 * 1024
_TYPES = {
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
"""What Python does not know on every system."""


def content_type(path: Path) -> str:
    """The media type that a file's name suggests; whether it is accepted the API says."""
    guessed = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    return guessed or "application/octet-stream"


def sha256_of(path: Path) -> str:
    """Base64 of a file's SHA-256."""
    with path.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()


class Section:
    """Some bytes of a file, as the body of a request; `tell` is to be told how many of them were sent so far."""

    def __init__(self, path: Path, offset: int, length: int, tell: Callable[[int], object]) -> None:
        self.length = length
        self._path = path
        self._offset = offset
        self.tell = tell

    def chunks(self) -> Iterator[bytes]:
        """The bytes, from the first one on each time that it is called.

        Raises:
            OSError: the file cannot be read, or has become shorter.
        """
        left = self.length
        with self._path.open("rb") as file:
            file.seek(self._offset)
            while left:
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    raise OSError(f"{self._path} has become shorter while it was sent")
                left -= len(chunk)
                yield chunk


class Incoming:
    """A file that is written beside its place, and stands there only once it is whole.

    `tell` is to be told its size so far.
    """

    def __init__(self, target: Path, tell: Callable[[int], object]) -> None:
        self.size = 0
        self.tell = tell
        self._target = target
        self._scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Base64 of the SHA-256 of what has come so far."""
        return base64.b64encode(self._digest.digest()).decode()

    def restart(self) -> None:
        """Begin anew: what has come so far is dropped."""
        self.size, self._digest = 0, hashlib.sha256()
        self._scratch.write_bytes(b"")

    def write(self, chunk: bytes) -> None:
        """Append."""
        with self._scratch.open("ab") as file:
            file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def put_in_place(self, *, overwrite: bool) -> None:
        """Give it its name.

        Raises:
            FileExistsError: there is a file of this name, and it may not be overwritten.
        """
        if overwrite:
            self._scratch.replace(self._target)
            return
        try:
            self._target.hardlink_to(self._scratch)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            refuse_existing(self._target)
            self._scratch.replace(self._target)
        else:
            self._scratch.unlink()

    def drop(self) -> None:
        """Leave nothing beside the place."""
        self._scratch.unlink(missing_ok=True)


def refuse_existing(target: Path) -> None:
    """Raises FileExistsError if something has this name."""
    if os.path.lexists(target):
        raise FileExistsError(f"{target} exists")
