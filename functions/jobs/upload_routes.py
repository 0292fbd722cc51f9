"""Routes of uploads."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caller import caller_of
from faceswap.api import NO_STORE, responses
from faceswap.api import router as new_router
from faceswap.container.jobs import jobs_container
from faceswap.contract.uploads import ReservedUpload, UploadRequest, UploadView

router = new_router()


@router.post(
    "/v1/uploads",
    status_code=HTTPStatus.CREATED,
    summary="Reserve one upload and presign it",
    tags=["uploads"],
    operation_id="createUpload",
    responses=responses(
        201,
        description="Send the file to `url` by PUT, with exactly these `headers`.",
        errors=[400, 415],
        model=ReservedUpload,
    ),
)
def post_upload(request: UploadRequest) -> Response[ReservedUpload]:
    """The file goes straight to the bucket: it is the body of a PUT to `url`. What lies there is not replaced: a repeat
    is answered 412, and tells that an earlier try arrived.
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
def get_upload(upload_id: Annotated[str, Path(description="The upload's id.")]) -> UploadView:
    """Whether it has landed, its size and checksum."""
    return jobs_container().read_upload.run(upload_id, caller_of(router).owner)


@router.delete(
    "/v1/uploads/<upload_id>",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Give an upload up",
    tags=["uploads"],
    operation_id="deleteUpload",
    responses=responses(204, description="It is erased.", errors=[404, 409]),
)
def delete_upload(
    upload_id: Annotated[str, Path(description="The upload's id.")],
) -> Response[None]:
    """Erases its file, also one that still lands; refused while a job that is not over uses it."""
    jobs_container().delete_upload.run(upload_id, caller_of(router).owner)
    return Response(HTTPStatus.NO_CONTENT, "application/json", None)
