"""Uploads: as the body of one PUT, or in parts of which only those that are missing are sent."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faceswap_adapter.errors import ConflictError, GoneError, NotFoundError
from faceswap_adapter.exchange import Exchange, parsed, problem_of
from faceswap_adapter.files import Section, content_type, sha256_of
from faceswap_adapter.models import (
    RESERVED,
    ArrivedParts,
    PresignedParts,
    Purpose,
    ReservedMultipart,
    ReservedPut,
    SignedRequest,
    Upload,
)
from faceswap_adapter.wire import Request, Response, Steps, Work

MULTIPART_FROM = 16 * 1024 * 1024
"""Files of so many bytes and more are sent in parts."""
_SIGNED_AT_ONCE = 8
_ROUNDS = 3
_FORBIDDEN, _NOT_FOUND, _IS_THERE = 403, 404, 412


@dataclass(frozen=True)
class Progress:
    """How far an upload is: of `total` bytes `sent`, which falls back where something has to be sent again."""

    purpose: Purpose
    sent: int
    total: int


Tell = Callable[[Progress], object]


@dataclass(frozen=True)
class LocalFile:
    """A file that is to be sent; `sha256` in base64."""

    path: Path
    purpose: Purpose
    content_type: str
    size: int
    sha256: str


def local_file(path: Path, purpose: Purpose) -> LocalFile:
    """Look at a file; this reads it once. Raises OSError if it cannot be read, or is empty."""
    size = path.stat().st_size
    if not size:
        raise OSError(f"{path} is empty")
    return LocalFile(path, purpose, content_type(path), size, sha256_of(path))


class Uploads:
    """Sends files straight to the bucket."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def send(
        self, file: LocalFile, known: str | None, keep: Callable[[str], None], tell: Tell
    ) -> Steps[str]:
        """Send a file, or what is missing of it under the id of an earlier try; `keep` is told the id first.

        Returns what a job's media field takes.

        Raises:
            ProblemError: it was refused.
            NetworkError: the network failed, again and again.
            OSError: the file cannot be read.
        """
        if known:
            try:
                return (yield from self._go_on(file, known, tell))
            except (GoneError, NotFoundError):
                pass  # too late, or another caller's: begin anew
        reserved = yield from self._reserve(file)
        keep(reserved.upload_id)
        if isinstance(reserved, ReservedPut):
            signed = SignedRequest(url=reserved.url, headers=reserved.headers)
            yield from self._put(file, reserved.upload_id, signed, tell)
        else:
            yield from self._parts(file, reserved, reserved.part_size, {}, tell)
        return reserved.source

    def _reserve(self, file: LocalFile) -> Steps[ReservedPut | ReservedMultipart]:
        wanted = {
            "purpose": file.purpose,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
            "method": "multipart" if file.size >= MULTIPART_FROM else "PUT",
        }
        answer = yield from self._exchange.api("POST", "/v1/uploads", wanted, repeatable=False)
        return parsed(RESERVED.validate_json, answer)

    def _go_on(self, file: LocalFile, upload_id: str, tell: Tell) -> Steps[str]:
        answer = yield from self._exchange.api("GET", f"/v1/uploads/{upload_id}")
        upload = parsed(Upload.model_validate_json, answer)
        if upload.status == "landed":
            tell(Progress(file.purpose, file.size, file.size))
        elif upload.part_size is None:
            yield from self._put(file, upload_id, None, tell)
        else:
            arrived = yield from self._arrived(upload_id)
            yield from self._parts(file, upload, upload.part_size, arrived, tell)
        return upload.source

    def _put(
        self, file: LocalFile, upload_id: str, signed: SignedRequest | None, tell: Tell
    ) -> Steps[None]:
        if signed:
            answer = yield from self._sent(file, signed, 0, file.size, 0, tell)
            if answer.status < 300 or answer.status == _IS_THERE:
                return
            if answer.status != _FORBIDDEN:
                raise problem_of(answer)
        try:  # it has expired, or was made by another process: another request for the same
            renewed = yield from self._exchange.api(
                "POST", f"/v1/uploads/{upload_id}/sign", {"method": "PUT"}
            )
        except ConflictError:  # it is there
            tell(Progress(file.purpose, file.size, file.size))
            return
        fresh = parsed(SignedRequest.model_validate_json, renewed)
        answer = yield from self._sent(file, fresh, 0, file.size, 0, tell)
        if answer.status >= 300 and answer.status != _IS_THERE:
            raise problem_of(answer)

    def _parts(
        self, file: LocalFile, upload: Upload, part_size: int, arrived: dict[int, int], tell: Tell
    ) -> Steps[None]:
        sizes = {
            number + 1: min(part_size, file.size - offset)
            for number, offset in enumerate(range(0, file.size, part_size))
        }
        path = f"/v1/uploads/{upload.upload_id}"
        for rounds_left in reversed(range(_ROUNDS)):
            lacking = [number for number, size in sizes.items() if arrived.get(number) != size]
            done = file.size - sum(sizes[number] for number in lacking)
            tell(Progress(file.purpose, done, file.size))
            yield from self._send_parts(file, upload, part_size, lacking, done, tell)
            try:
                yield from self._exchange.api("POST", f"{path}/complete")
            except ConflictError:  # some have not arrived after all
                if not rounds_left:
                    raise
            else:
                return
            arrived = yield from self._arrived(upload.upload_id)

    def _send_parts(
        self,
        file: LocalFile,
        upload: Upload,
        part_size: int,
        numbers: list[int],
        done: int,
        tell: Tell,
    ) -> Steps[None]:
        """Send these parts, each by a request that is presigned just before it is needed."""
        for first in range(0, len(numbers), _SIGNED_AT_ONCE):
            batch = numbers[first : first + _SIGNED_AT_ONCE]
            presigned = yield from self._presigned(upload.upload_id, batch)
            for part in presigned.parts:
                offset = (part.number - 1) * part_size
                signed = SignedRequest(url=part.url, headers={})
                answer = yield from self._sent(file, signed, offset, part.size, done, tell)
                if answer.status == _FORBIDDEN:  # it has expired
                    [again] = (yield from self._presigned(upload.upload_id, [part.number])).parts
                    signed = SignedRequest(url=again.url, headers={})
                    answer = yield from self._sent(file, signed, offset, part.size, done, tell)
                if answer.status == _NOT_FOUND:
                    return  # another process has put them together, or they were dropped: completing tells
                if answer.status >= 300:
                    raise problem_of(answer)
                done += part.size

    def _presigned(self, upload_id: str, numbers: list[int]) -> Steps[PresignedParts]:
        path = f"/v1/uploads/{upload_id}/parts"
        answer = yield from self._exchange.api("POST", path, {"numbers": numbers})
        return parsed(PresignedParts.model_validate_json, answer)

    def _arrived(self, upload_id: str) -> Steps[dict[int, int]]:
        answer = yield from self._exchange.api("GET", f"/v1/uploads/{upload_id}/parts")
        parts = parsed(ArrivedParts.model_validate_json, answer).parts
        return {part.number: part.size for part in parts}

    def _sent(
        self, file: LocalFile, signed: SignedRequest, offset: int, size: int, done: int, tell: Tell
    ) -> Steps[Response]:
        def read(count: int) -> None:
            tell(Progress(file.purpose, done + count, file.size))

        def request() -> Request:
            headers = {**signed.headers, "Content-Length": str(size)}
            return Request("PUT", signed.url, headers, Section(file.path, offset, size, read))

        return (yield from self._exchange.bucket(request))


def looked_at(path: Path, purpose: Purpose) -> Steps[LocalFile]:
    """Look at a file, which takes a while."""
    found: LocalFile = yield Work(lambda: local_file(path, purpose))
    return found
