"""Uploads that are sent in parts: S3's multipart uploads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from faceswap.ports.media import Part, PartsRequest, PresignedRequest
from faceswap.rules.parts import length
from faceswap.rules.uploads import Upload

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_OPERATIONS = {
    "create": "create_multipart_upload",
    "part": "upload_part",
    "list": "list_parts",
    "complete": "complete_multipart_upload",
    "abort": "abort_multipart_upload",
}
_GONE = {"404", "NoSuchUpload"}
_LIES_THERE = {"412", "PreconditionFailed"}
_CHANGED = {"409", "ConditionalRequestConflict", "InvalidPart"}


class MultipartStore:
    """Multipart uploads of one bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def begin(self, upload: Upload) -> str:
        """Let parts of this upload be sent. Returns the id of what they make."""
        answer = self._s3.create_multipart_upload(
            Bucket=self._bucket, Key=upload.key, ContentType=upload.content_type
        )
        return answer["UploadId"]

    def presign(self, upload: Upload, asked: PartsRequest, seconds: int) -> PresignedRequest:
        """A request about parts of this upload: a part has exactly its length, what is complete replaces nothing."""
        signed: dict[str, Any] = {"Bucket": self._bucket, "Key": upload.key}
        headers: dict[str, str] = {}
        if asked.does == "create":
            headers["Content-Type"] = signed["ContentType"] = upload.content_type
        else:
            signed["UploadId"] = asked.multipart_id
        if asked.does == "part":
            signed |= {
                "PartNumber": asked.number,
                "ContentLength": length(upload.size, asked.number),
            }
        if asked.does == "complete":
            headers["If-None-Match"] = signed["IfNoneMatch"] = "*"
        url = self._s3.generate_presigned_url(
            _OPERATIONS[asked.does], Params=signed, ExpiresIn=seconds
        )
        return PresignedRequest(url, headers)

    def arrived(self, key: str, multipart_id: str) -> list[Part] | None:
        """The parts that lie there, by number; None if they were put together, given up or dropped."""
        pages = self._s3.get_paginator("list_parts")
        arrived: list[Part] = []
        try:
            for page in pages.paginate(Bucket=self._bucket, Key=key, UploadId=multipart_id):
                told = page.get("Parts", [])
                arrived += [Part(part["PartNumber"], part["Size"], part["ETag"]) for part in told]
        except ClientError as error:
            if _code(error) in _GONE:
                return None
            raise
        return arrived

    def complete(self, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        """Put the parts together, unless an object lies there.

        Returns:
            Whether nothing is left to be put together: not if the parts have changed meanwhile.
        """
        try:
            self._s3.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=multipart_id,
                IfNoneMatch="*",
                MultipartUpload={
                    "Parts": [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
                },
            )
        except ClientError as error:
            if _code(error) in _CHANGED:
                return False
            if _code(error) not in _GONE | _LIES_THERE:
                raise
        return True

    def abandon(self, key: str) -> None:
        """Drop all parts that were sent for an object and not put together."""
        listed = self._s3.list_multipart_uploads(Bucket=self._bucket, Prefix=key)
        for begun in listed.get("Uploads", []):
            try:
                self._s3.abort_multipart_upload(
                    Bucket=self._bucket, Key=begun["Key"], UploadId=begun["UploadId"]
                )
            except ClientError as error:
                if _code(error) not in _GONE:
                    raise


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
