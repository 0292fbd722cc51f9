"""The media bucket: presigned requests, what lies there, and the archive of results."""

import base64
import hashlib
import time
from collections.abc import Generator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from faceswap.ports.media import PresignedRequest, Readable, UnreadableObjectError
from faceswap.rules.uploads import StoredObject, Upload

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client

S3_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)
"""SigV4 on the bucket's regional host: a request signed otherwise is redirected, which browsers refuse."""

_PIECE, _READ_WITHIN = 1024 * 1024, 20.0
_PART = 8 * 1024 * 1024
_ONE_PART_AT_A_TIME = TransferConfig(
    multipart_threshold=_PART,
    multipart_chunksize=_PART,
    use_threads=False,
    preferred_transfer_client="classic",
)
_NOT_SHOWN_NOT_KEPT = {"ContentDisposition": "attachment", "CacheControl": "no-store"}
"""How results are served: a browser that is sent to one stores it, and nobody between keeps a copy."""
_NOT_THERE = {"404", "NoSuchKey", "NotFound"}
_CHANGED = {"412", "PreconditionFailed"}
_NOT_GIVEN_OUT = {"InvalidObjectState", "InvalidRequest"}
_EMPTY = "InvalidRange"


class MediaStore:
    """Objects of one bucket, by key."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def presign_upload(self, upload: Upload, seconds: int) -> PresignedRequest:
        """A request that can put exactly this upload, once: its key, type, size and, if announced, checksum.

        The size is signed too, and not among the headers: whatever sends a body sets that one itself.
        """
        headers = {"Content-Type": upload.content_type, "If-None-Match": "*"}
        signed = {
            "Bucket": self._bucket,
            "Key": upload.key,
            "ContentType": upload.content_type,
            "ContentLength": upload.size,
            "IfNoneMatch": "*",
        }
        if upload.sha256:
            headers["x-amz-checksum-sha256"] = upload.sha256
            signed["ChecksumSHA256"] = upload.sha256
        url = self._s3.generate_presigned_url("put_object", Params=signed, ExpiresIn=seconds)
        return PresignedRequest(url, headers)

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        """A link that reads the object, or its headers, for so many seconds (or as long as our credentials live)."""
        operation = "get_object" if method == "GET" else "head_object"
        return self._s3.generate_presigned_url(
            operation, Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )

    def find(self, key: str) -> StoredObject | None:
        """The object, None if it has not landed or is gone."""
        try:
            answer = self._s3.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                return None
            raise
        return StoredObject(
            size=answer["ContentLength"],
            etag=answer["ETag"].strip('"'),
            sha256=answer.get("ChecksumSHA256"),
        )

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        """Store what `content` yields, in bounded memory; if reading it raises, nothing is stored."""
        self._s3.upload_fileobj(
            cast("IO[bytes]", content),
            self._bucket,
            key,
            ExtraArgs={"ContentType": content_type, **_NOT_SHOWN_NOT_KEPT},
            Config=_ONE_PART_AT_A_TIME,
        )

    def read(self, key: str, etag: str, max_bytes: int, at: int = 0) -> bytes | None:
        """At most so many bytes of an object, from one on; None if it is gone, or has another content.

        Raises:
            UnreadableObjectError: it is archived, or encrypted with a key that is not ours to use.
        """
        try:
            content = self._open(key, etag, Range=f"bytes={at}-{at + max_bytes - 1}")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _EMPTY:
                return b""
            raise
        return content.read() if content else None

    def pieces(self, key: str, etag: str) -> Generator[bytes, None, None] | None:
        """All of an object, a MiB at a time; None if it is gone, or has another content.

        All of it has to come within 20 s: the submit that follows may take 110 s of the 150 s that a task has.

        Raises:
            TimeoutError: it could not be read through in time; raised while it is read.
            UnreadableObjectError: it is archived, or encrypted with a key that is not ours to use.
        """
        end = time.monotonic() + _READ_WITHIN
        content = self._open(key, etag)
        return _until(end, content) if content else None

    def sha256(self, key: str, etag: str) -> str | None:
        """The SHA-256 (base64) of an object's content, read through; None if it is gone, or has another content.

        Raises:
            TimeoutError: it could not be read through in time.
            UnreadableObjectError: it is archived, or encrypted with a key that is not ours to use.
        """
        pieces = self.pieces(key, etag)
        if pieces is None:
            return None
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        return base64.b64encode(digest.digest()).decode()

    def _open(self, key: str, etag: str, **more: Any) -> "StreamingBody | None":  # noqa: ANN401
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, IfMatch=f'"{etag}"', **more)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code in _NOT_THERE | _CHANGED:
                return None
            if _is_given_to_nobody(error):
                raise UnreadableObjectError(f"the bucket answers {code}") from error
            raise
        return answer["Body"]

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store something small, in the place of what lies there."""
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)

    def copy(self, source: str, target: str) -> bool:
        """Store an archived video once more, in the place of what lies there; the bucket copies it.

        Returns:
            Whether there is one.
        """
        try:
            self._s3.copy_object(
                Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source}
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                return False
            raise
        return True

    def written_at(self, key: str) -> datetime | None:
        """When the object was written, to the second; None if it is gone."""
        try:
            answer = self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                return None
            raise
        return answer["LastModified"]

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        """Remove every object whose key begins so, but the one to keep."""
        listed = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        for entry in listed.get("Contents", []):
            if entry["Key"] != keep:
                self.delete(entry["Key"])

    def delete(self, key: str, etag: str | None = None) -> None:
        """Remove an object, with `etag` only while it has this content; one that is not there is fine."""
        if etag is None:
            self._s3.delete_object(Bucket=self._bucket, Key=key)
            return
        lies_there = self.find(key)
        if lies_there is None or lies_there.etag != etag:
            return
        try:
            self._s3.delete_object(Bucket=self._bucket, Key=key, IfMatch=f'"{etag}"')
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _NOT_THERE | _CHANGED:
                raise


def _until(end: float, content: "StreamingBody") -> Generator[bytes, None, None]:
    """The pieces of an object, as long as there is time."""
    try:
        for piece in content.iter_chunks(_PIECE):
            yield piece
            if time.monotonic() > end:
                raise TimeoutError("an upload could not be read through in time")
    finally:
        content.close()


def _is_given_to_nobody(error: ClientError) -> bool:
    """Whether an object is archived, or encrypted with a key that is not ours: not if only our own rights are amiss."""
    told = error.response.get("Error", {})
    is_denied_key = told.get("Code") == "AccessDenied" and "kms:" in told.get("Message", "")
    return is_denied_key or told.get("Code") in _NOT_GIVEN_OUT
