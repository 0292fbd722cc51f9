"""Reserve an upload, and presign the one request that can fill it, or let its parts be sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from faceswap.contract.uploads import (
    ReservedMultipart,
    ReservedPut,
    ReservedUpload,
    UploadRequest,
    shown,
)
from faceswap.ports.media import MediaBucket, MultipartUploads
from faceswap.ports.uploads import Uploads
from faceswap.rules import ids, media
from faceswap.rules.errors import Fault, InvalidError, QuotaError
from faceswap.rules.media import UploadLimits
from faceswap.rules.uploads import Upload

if TYPE_CHECKING:
    from faceswap.usecases.keep_quotas import KeepQuotas

PRESIGNED_SECONDS = 3600


class CreateUpload:
    """Reserves uploads. `new_bytes` gives 16 random ones; records are kept for `retention_days`.

    With `keep_quotas` owners are held to their limits.
    """

    def __init__(
        self,
        *,
        uploads: Uploads,
        bucket: MediaBucket,
        multipart: MultipartUploads,
        limits: UploadLimits,
        retention_days: int,
        clock: Callable[[], datetime],
        new_bytes: Callable[[], bytes],
        keep_quotas: "KeepQuotas | None" = None,
    ) -> None:
        self._keep_quotas = keep_quotas
        self._uploads = uploads
        self._bucket = bucket
        self._multipart = multipart
        self._limits = limits
        self._retention = timedelta(days=retention_days)
        self._clock = clock
        self._new_bytes = new_bytes

    def run(self, request: UploadRequest, owner: str) -> ReservedUpload:
        """Reserve one upload for an owner.

        Raises:
            InvalidError: the content type is not accepted for this purpose, or the size is above the limit.
            QuotaError: the owner has reserved as much as he may for now; nothing is written.
        """
        _check(request, self._limits)
        upload_id, now = ids.upload_id(self._new_bytes()), self._clock()
        upload = Upload(
            upload_id=upload_id,
            owner=owner,
            purpose=request.purpose,
            content_type=request.content_type,
            size=request.size,
            sha256=request.sha256,
            key=media.upload_key(upload_id, request.purpose, request.content_type),
            created_at=now,
            expires_at=now + timedelta(seconds=PRESIGNED_SECONDS),
        )
        forget_at = now + self._retention
        if request.method == "multipart":
            return ReservedUpload(self._in_parts(upload, forget_at))
        put = self._bucket.presign_upload(upload, PRESIGNED_SECONDS)
        self._reserve(upload, forget_at)
        fields = shown(upload) | {"method": "PUT", "url": put.url, "headers": put.headers}
        return ReservedUpload(ReservedPut.model_validate(fields))

    def _reserve(self, upload: Upload, forget_at: datetime) -> None:
        reserving = self._keep_quotas.create_upload if self._keep_quotas else self._uploads.create
        reserving(upload, forget_at=forget_at)

    def _in_parts(self, upload: Upload, forget_at: datetime) -> ReservedMultipart:
        """Reserve one that is sent in parts. Who dies in between leaves no part, and a name that the bucket forgets."""
        begun = {"multipart_id": self._multipart.begin(upload), "expires_at": upload.ends_at}
        upload = upload.model_copy(update=begun)
        try:
            self._reserve(upload, forget_at)
        except QuotaError:
            self._multipart.abandon(upload.key)
            raise
        return ReservedMultipart.model_validate(shown(upload) | {"method": "multipart"})


def _check(request: UploadRequest, limits: UploadLimits) -> None:
    faults = []
    accepted = media.extensions(request.purpose)
    if request.content_type not in accepted:
        detail = f"must be one of {', '.join(accepted)} for {request.purpose}"
        faults.append(Fault(pointer="#/content_type", detail=detail))
    max_bytes = media.max_bytes(request.purpose, limits)
    if request.size > max_bytes:
        faults.append(Fault(pointer="#/size", detail=f"must be at most {max_bytes} bytes"))
    if faults:
        raise InvalidError("This file is not accepted.", faults)
