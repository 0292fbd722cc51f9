"""Reserve an upload and presign the one request that can fill it."""

from datetime import datetime, timedelta

from faceswap.contract.uploads import ReservedUpload, UploadRequest
from faceswap.rules import ids, media
from faceswap.rules.errors import Fault, InvalidError
from faceswap.rules.media import UploadLimits
from faceswap.store.media import MediaStore
from faceswap.store.uploads import UploadRecord, UploadStore

PRESIGNED_SECONDS = 3600


def create_upload(
    request: UploadRequest,
    owner: str,
    *,
    uploads: UploadStore,
    bucket: MediaStore,
    limits: UploadLimits,
    retention_days: int,
    now: datetime,
    random: bytes,
) -> ReservedUpload:
    """Reserve one upload for an owner.

    Raises:
        InvalidError: the content type is not accepted for this purpose, or the size is above the limit.
    """
    _check(request, limits)
    upload_id = ids.upload_id(random)
    record = UploadRecord(
        upload_id=upload_id,
        owner=owner,
        purpose=request.purpose,
        content_type=request.content_type,
        size=request.size,
        sha256=request.sha256,
        key=media.upload_key(owner, upload_id, request.purpose, request.content_type),
        created_at=now,
        expires_at=now + timedelta(seconds=PRESIGNED_SECONDS),
    )
    form = bucket.presign_upload(record.key, record.content_type, record.size, PRESIGNED_SECONDS)
    uploads.create(record, forget_at=now + timedelta(days=retention_days))
    return ReservedUpload(
        upload_id=upload_id,
        source=media.UPLOAD_PREFIX + upload_id,
        status="pending",
        purpose=record.purpose,
        content_type=record.content_type,
        size=record.size,
        sha256=record.sha256,
        expires_at=record.expires_at,
        url=form.url,
        fields=form.fields,
    )


def _check(request: UploadRequest, limits: UploadLimits) -> None:
    faults = []
    accepted = media.extensions(request.purpose)
    if request.content_type not in accepted:
        detail = f"must be one of {', '.join(accepted)} for {request.purpose}"
        faults.append(Fault(pointer="#/content_type", detail=detail))
    largest = media.largest(request.purpose, limits)
    if request.size > largest:
        faults.append(Fault(pointer="#/size", detail=f"must be at most {largest} bytes"))
    if faults:
        raise InvalidError("This file is not accepted.", faults)
