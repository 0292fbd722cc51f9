"""Routes of uploads."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caller import caller_of
from faceswap.api import NO_STORE, responses
from faceswap.api import router as new_router
from faceswap.container.jobs import jobs_container
from faceswap.contract.uploads import (
    ArrivedParts,
    PartNumbers,
    PresignedParts,
    ReservedUpload,
    SignedRequest,
    SignRequest,
    UploadRequest,
    UploadView,
)

router = new_router()

UploadId = Annotated[str, Path(description="The upload's id.")]


@router.post(
    "/v1/uploads",
    status_code=HTTPStatus.CREATED,
    summary="Reserve one upload and presign it",
    tags=["uploads"],
    operation_id="createUpload",
    responses=responses(
        201,
        description="Send the file to `url` by PUT, with exactly these `headers`; or its parts, as they are presigned."
        " Where the deployment has limits, each answer tells in `RateLimit-Policy` and `RateLimit` what they are, and"
        " what is left.",
        errors=[400, 415, 429, 503],
        model=ReservedUpload,
    ),
)
def post_upload(request: UploadRequest) -> Response[ReservedUpload]:
    """The file goes straight to the bucket: it is the body of a PUT to `url`. What lies there is not replaced: a repeat
    is answered 412, and tells that an earlier try arrived: go on. A file that is sent in parts can be gone on with
    after a break, also by another process that knows the upload's id.
    """
    reserved = jobs_container().create_upload.run(request, caller_of(router).owner)
    return Response(HTTPStatus.CREATED, "application/json", reserved, dict(NO_STORE))


@router.get(
    "/v1/uploads/<upload_id>",
    summary="Read an upload",
    tags=["uploads"],
    operation_id="getUpload",
    responses=responses(200, description="The upload.", errors=[404], model=UploadView),
)
def get_upload(upload_id: UploadId) -> UploadView:
    """Whether it has landed, its size and checksum."""
    return jobs_container().read_upload.run(upload_id, caller_of(router).owner)


@router.post(
    "/v1/uploads/<upload_id>/sign",
    summary="Sign one more request to the bucket",
    tags=["uploads"],
    operation_id="signUpload",
    responses=responses(
        200,
        description="The request: its method is the one that was asked for.",
        errors=[400, 404, 409, 410, 415],
        model=SignedRequest,
    ),
)
def post_upload_sign(upload_id: UploadId, request: SignRequest) -> Response[SignedRequest]:
    """For libraries that speak to S3 themselves, such as Uppy (cut the file by `part_size`), and for a phone whose
    request expired while it waited. Size and type stay what was declared.
    """
    signed = jobs_container().sign_upload.run(upload_id, request, caller_of(router).owner)
    return Response(HTTPStatus.OK, "application/json", signed, dict(NO_STORE))


@router.post(
    "/v1/uploads/<upload_id>/parts",
    summary="Presign parts of an upload",
    tags=["uploads"],
    operation_id="signParts",
    responses=responses(
        200,
        description="Put the bytes of each part to its `url`.",
        errors=[400, 404, 409, 410, 415],
        model=PresignedParts,
    ),
)
def post_upload_parts(upload_id: UploadId, request: PartNumbers) -> Response[PresignedParts]:
    """Just in time: each is valid for an hour at most. A part may be sent again, until all are put together."""
    owner = caller_of(router).owner
    signed = jobs_container().sign_parts.run(upload_id, request.numbers, owner)
    return Response(HTTPStatus.OK, "application/json", signed, dict(NO_STORE))


@router.get(
    "/v1/uploads/<upload_id>/parts",
    summary="List the parts that have arrived",
    tags=["uploads"],
    operation_id="listParts",
    responses=responses(
        200,
        description="What need not be sent again.",
        errors=[404, 409, 410],
        model=ArrivedParts,
    ),
)
def get_upload_parts(upload_id: UploadId) -> ArrivedParts:
    """After a break only the others have to be sent."""
    return jobs_container().list_parts.run(upload_id, caller_of(router).owner)


@router.post(
    "/v1/uploads/<upload_id>/complete",
    summary="Put the parts of an upload together",
    tags=["uploads"],
    operation_id="completeUpload",
    responses=responses(
        200, description="The upload, landed.", errors=[404, 409, 410], model=UploadView
    ),
)
def post_upload_complete(upload_id: UploadId) -> UploadView:
    """Once all have arrived with their sizes; 409 tells which have not. It may be repeated."""
    return jobs_container().complete_upload.run(upload_id, caller_of(router).owner)


@router.delete(
    "/v1/uploads/<upload_id>",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Give an upload up",
    tags=["uploads"],
    operation_id="deleteUpload",
    responses=responses(204, description="It is erased.", errors=[404, 409]),
)
def delete_upload(
    upload_id: UploadId,
) -> Response[None]:
    """Erases its file or parts, also what still lands; refused while a job that is not over uses it."""
    jobs_container().delete_upload.run(upload_id, caller_of(router).owner)
    return Response(HTTPStatus.NO_CONTENT, "application/json", None)
