"""Look at a job's inputs before the provider is paid: at what was announced of them, and at their content."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

from faceswap.ports.media import MediaBucket, UnreadableObjectError
from faceswap.ports.uploads import Uploads
from faceswap.rules.errors import Fault
from faceswap.rules.image_size import Read
from faceswap.rules.inspection import TooFarError, fault_of
from faceswap.rules.media import Purpose, extension_of_key
from faceswap.rules.uploads import StoredObject
from faceswap.usecases.find_input import FoundInput

_PAGE = 64 * 1024
_MOST_PAGES = 5
"""Of a video."""
_MOST_HELD = 32 * 1024 * 1024
"""Bytes of a picture."""
_UNREADABLE = "This file cannot be read: it is archived, or encrypted with a key that is not ours."


class Inspected(NamedTuple):
    """The inputs with what is known of them now, and what is wrong with them."""

    inputs: dict[Purpose, FoundInput]
    faults: list[Fault]


class InspectInputs:
    """Looks at inputs. No byte of a medium leaves it; it is told what kind it is, how large, and how long."""

    def __init__(self, *, media: MediaBucket, uploads: Uploads, max_video_seconds: int) -> None:
        self._media = media
        self._uploads = uploads
        self._max_video_seconds = max_video_seconds

    def run(self, inputs: Mapping[Purpose, FoundInput], *, contents: bool) -> Inspected:
        """What is wrong with inputs that have landed; `contents` says that nobody has looked at these yet."""
        verified = {purpose: self._verified(found) for purpose, found in inputs.items()}
        faults = []
        for purpose, found in verified.items():
            detail = f"This file {found.mismatch}." if found.mismatch else None
            if contents and not detail and found.landed:
                detail = self._look(found.key, found.landed, purpose)
            if detail:
                faults.append(Fault(pointer=f"#/{purpose}", detail=detail))
        return Inspected(verified, faults)

    def _verified(self, found: FoundInput) -> FoundInput:
        """The input with its checksum, if one was announced that the bucket could not compare."""
        upload, landed = found.unverified, found.landed
        if upload is None or landed is None:
            return found
        sha256 = self._media.sha256(found.key, landed.etag)
        if sha256 is None:
            return found._replace(landed=None)
        landed = landed.model_copy(update={"sha256": sha256})
        self._uploads.verify(upload, landed)
        mismatch = upload.model_copy(update={"landed": landed}).mismatch
        return found._replace(landed=landed, mismatch=mismatch, unverified=None)

    def _look(self, key: str, landed: StoredObject, purpose: Purpose) -> str | None:
        try:
            if purpose == "init_video":
                return self._told(_Pages(self._media, key, landed).read, key, landed, purpose)
            pieces = self._media.pieces(key, landed.etag)
            if pieces is None:
                return None
            with closing(pieces):
                return self._told(_Forwards(pieces).read, key, landed, purpose)
        except UnreadableObjectError:
            return _UNREADABLE
        except (TooFarError, TimeoutError):
            return None

    def _told(self, read: Read, key: str, landed: StoredObject, purpose: Purpose) -> str | None:
        ending = extension_of_key(key).lower()
        return fault_of(read, landed.size, purpose, ending, self._max_video_seconds)


class _Forwards:
    """A picture that is read from its beginning on, as far as it is needed; it may have to be read to its end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()

    def read(self, at: int, count: int) -> bytes:
        """So many bytes from an offset on; fewer at the end.

        Raises:
            TooFarError: that would be more than is held of a picture.
            TimeoutError: it does not come in time.
        """
        while len(self._held) < at + count:
            if at + count > _MOST_HELD:
                raise TooFarError
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._held += piece
        return bytes(self._held[at : at + count])


class _Pages:
    """A video of which pages are read when they are needed, each once."""

    def __init__(self, media: MediaBucket, key: str, landed: StoredObject) -> None:
        self._media = media
        self._key = key
        self._etag = landed.etag
        self._size = landed.size
        self._pages: dict[int, bytes] = {}

    def read(self, at: int, count: int) -> bytes:
        """So many bytes from an offset on; fewer at the end.

        Raises:
            TooFarError: that would be more than is read of a video, or it is there no more.
            UnreadableObjectError: the bucket does not give it out.
        """
        end = min(at + count, self._size)
        numbers = range(at // _PAGE, -(-end // _PAGE))
        data = b"".join(map(self._page, numbers))
        start = at % _PAGE
        return data[start : start + count]

    def _page(self, number: int) -> bytes:
        if number not in self._pages:
            if len(self._pages) == _MOST_PAGES:
                raise TooFarError
            page = self._media.read(self._key, self._etag, _PAGE, at=number * _PAGE)
            if page is None:
                raise TooFarError
            self._pages[number] = page
        return self._pages[number]
