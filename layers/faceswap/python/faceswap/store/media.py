"""The media bucket: presigned requests, what lies there, and the archive of results."""

import base64
import hashlib
from typing import IO, TYPE_CHECKING, Literal, cast

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from faceswap.ports import PresignedPost, Readable, StoredObject

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

S3_CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)
"""SigV4 on the bucket's regional host: a request signed otherwise is redirected, which browsers refuse."""

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


class MediaStore:
    """Objects of one bucket, by key."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def presign_upload(self, key: str, content_type: str, size: int, seconds: int) -> PresignedPost:
        """A form that can put exactly this key, with this content type and 1 to `size` bytes."""
        form = self._s3.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, size]],
            ExpiresIn=seconds,
        )
        return PresignedPost(url=form["url"], fields=form["fields"])

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        """A link that reads the object, or its headers, for so many seconds (or as long as our credentials live)."""
        operation = "get_object" if method == "GET" else "head_object"
        return self._s3.generate_presigned_url(
            operation, Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )

    def find(self, key: str) -> StoredObject | None:
        """The object, None if it has not landed or is gone."""
        try:
            answer = self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                return None
            raise
        return StoredObject(size=answer["ContentLength"])

    def sha256(self, key: str) -> str:
        """The base64 SHA-256 of an object's content, read in bounded memory."""
        digest = hashlib.sha256()
        for chunk in self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(_PART):
            digest.update(chunk)
        return base64.b64encode(digest.digest()).decode()

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        """Store what `content` yields, in bounded memory; if reading it raises, nothing is stored."""
        self._s3.upload_fileobj(
            cast("IO[bytes]", content),
            self._bucket,
            key,
            ExtraArgs={"ContentType": content_type, **_NOT_SHOWN_NOT_KEPT},
            Config=_ONE_PART_AT_A_TIME,
        )

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        """Remove every object whose key begins so, but the one to keep."""
        listed = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        for entry in listed.get("Contents", []):
            if entry["Key"] != keep:
                self.delete(entry["Key"])

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine."""
        self._s3.delete_object(Bucket=self._bucket, Key=key)
