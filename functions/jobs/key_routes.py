"""Routes of keys for the vendor's contract, added to the app when the first of them is asked for."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caller import caller_of
from faceswap.api import NO_STORE, responses
from faceswap.api import router as new_router
from faceswap.container.jobs import jobs_container
from faceswap.contract.keys import KeyList, KeyRequest, NewKey
from jobs_http import app

__all__ = ["app"]
router = new_router()

_JSON = "application/json"


@router.post(
    "/v1/keys",
    status_code=HTTPStatus.CREATED,
    summary="Create a key for the vendor's contract",
    tags=["keys"],
    operation_id="createKey",
    responses=responses(
        201,
        description="The key, with its secret this once.",
        errors=[400, 409, 415, 429],
        model=NewKey,
    ),
)
def post_key(request: KeyRequest) -> Response[NewKey]:
    """For programs that speak the vendor's contract; the consent stands for every job that the key makes."""
    made = jobs_container().create_key.run(request, caller_of(router))
    return Response(HTTPStatus.CREATED, _JSON, made, dict(NO_STORE))


@router.get(
    "/v1/keys",
    summary="List the caller's keys",
    tags=["keys"],
    operation_id="listKeys",
    responses=responses(200, description="All of them, newest first.", errors=[], model=KeyList),
)
def get_keys() -> KeyList:
    """Without their secrets, which nobody keeps. A new one may be missing for a moment."""
    return jobs_container().list_keys.run(caller_of(router).owner)


@router.delete(
    "/v1/keys/<key_id>",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Revoke a key",
    tags=["keys"],
    operation_id="revokeKey",
    responses=responses(204, description="It opens nothing from now on.", errors=[404]),
)
def delete_key(key_id: Annotated[str, Path(description="The key's id.")]) -> Response[None]:
    """At once. The jobs that it made go on, and the JSON API shows them to their owner as before."""
    jobs_container().revoke_key.run(key_id, caller_of(router).owner)
    return Response(HTTPStatus.NO_CONTENT, _JSON, None)


app.include_router(router)
