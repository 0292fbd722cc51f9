"""Results while they are read from the provider's address."""

from contextlib import AbstractContextManager
from typing import Protocol

from faceswap.ports.media import Readable


class DownloadError(Exception):
    """A link that gave no usable video; the text says why, without the URL."""


class Video(Readable, Protocol):
    """A video that is judged while it is read.

    The last `read` raises DownloadError if what came was not a whole video. `size` (bytes) and `sha256` (base64) are
    right once it is read.
    """

    @property
    def size(self) -> int:
        """Bytes read so far."""

    @property
    def sha256(self) -> str:
        """Of what was read so far."""


class ResultReader(Protocol):
    """Opens links to results."""

    def open(self, url: str, seconds: float) -> AbstractContextManager[Video]:
        """The video behind a link, to be read within the `with` and within so many seconds from now.

        Raises:
            DownloadError: forbidden, unreachable, refused, too large, or not announced as it came.
        """
