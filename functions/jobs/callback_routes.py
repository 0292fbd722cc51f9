"""Routes of callbacks: what has become of them, sending them again, and the secrets that sign them."""

from http import HTTPStatus
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BeforeValidator, Field

from caller import caller_of
from faceswap.api import NO_STORE, responses
from faceswap.api import router as new_router
from faceswap.container.jobs import jobs_container
from faceswap.contract.callbacks import (
    CallbackList,
    CallbackSecret,
    CallbackSecrets,
    CallbackView,
    Recovered,
    RecoverRequest,
)
from parameters import digits
from public_address import public_base_url

router = new_router()

_JSON = "application/json"
JobId = Annotated[str, Path(description="The job's id.")]


@router.get(
    "/v1/jobs/<job_id>/callbacks",
    summary="Read what has become of a job's callback",
    tags=["callbacks"],
    operation_id="getCallback",
    responses=responses(200, description="Its tries.", errors=[404], model=CallbackView),
)
def get_callback(job_id: JobId) -> CallbackView:
    """Each try: when, what was answered, how long it took; and when the next comes."""
    return jobs_container().read_callback.run(job_id, caller_of(router).owner)


@router.post(
    "/v1/jobs/<job_id>/callbacks",
    status_code=HTTPStatus.ACCEPTED,
    summary="Send a job's callback again",
    tags=["callbacks"],
    operation_id="resendCallback",
    responses=responses(
        202, description="It is sent again.", errors=[404, 409], model=CallbackView
    ),
)
def post_callback(job_id: JobId) -> Response[CallbackView]:
    """Now, once, under the same `webhook-id`; beside the tries that are planned."""
    container, owner = jobs_container(), caller_of(router).owner
    container.resend_callback.run(job_id, owner, public_base_url(router))
    return Response(HTTPStatus.ACCEPTED, _JSON, container.read_callback.run(job_id, owner))


@router.get(
    "/v1/callbacks",
    summary="List the caller's callbacks that were given up",
    tags=["callbacks"],
    operation_id="listCallbacks",
    responses=responses(200, description="A page, newest first.", errors=[], model=CallbackList),
)
def get_callbacks(
    status: Annotated[
        Literal["exhausted"], Query(description="Only what was given up is listed.")
    ] = "exhausted",
    limit: Annotated[
        int,
        Field(ge=1, le=100),
        BeforeValidator(digits),
        Query(description="Most callbacks of a page."),
    ] = 20,
    cursor: Annotated[
        str | None, Query(max_length=512, description="The `next_cursor` of the page before.")
    ] = None,
) -> CallbackList:
    """A page may hold fewer callbacks than `limit` and still have a next one."""
    del status  # there is one kind to list
    owner = caller_of(router).owner
    return jobs_container().list_callbacks.run(owner, limit=limit, cursor=cursor)


@router.post(
    "/v1/callbacks/recover",
    status_code=HTTPStatus.ACCEPTED,
    summary="Send callbacks again that were given up",
    tags=["callbacks"],
    operation_id="recoverCallbacks",
    responses=responses(
        202, description="They are sent again.", errors=[400, 415], model=Recovered
    ),
)
def post_recover(request: RecoverRequest) -> Response[Recovered]:
    """All that were given up since then, at most 1,000; each begins its schedule anew."""
    owner, base = caller_of(router).owner, public_base_url(router)
    count = jobs_container().recover_callbacks.run(owner, request.since, base)
    return Response(HTTPStatus.ACCEPTED, _JSON, Recovered(count=count))


@router.get(
    "/v1/callback-secrets",
    summary="Read the secrets that sign the caller's callbacks",
    tags=["callbacks"],
    operation_id="getCallbackSecrets",
    responses=responses(
        200, description="The secrets, the newest first.", errors=[], model=CallbackSecrets
    ),
)
def get_secrets() -> Response[CallbackSecrets]:
    """Each callback is signed by all of them."""
    return Response(HTTPStatus.OK, _JSON, _secrets(caller_of(router).owner), dict(NO_STORE))


@router.post(
    "/v1/callback-secrets",
    status_code=HTTPStatus.CREATED,
    summary="Begin to sign with another secret",
    tags=["callbacks"],
    operation_id="rotateCallbackSecret",
    responses=responses(
        201, description="The secrets, the newest first.", errors=[409], model=CallbackSecrets
    ),
)
def post_secret() -> Response[CallbackSecrets]:
    """The one before signs beside it for 24 hours."""
    owner = caller_of(router).owner
    jobs_container().rotate_callback_secret.run(owner)
    return Response(HTTPStatus.CREATED, _JSON, _secrets(owner), dict(NO_STORE))


def _secrets(owner: str) -> CallbackSecrets:
    signing = jobs_container().callback_secrets.run(owner)
    return CallbackSecrets(
        secrets=[CallbackSecret(secret=each.text, until=each.until) for each in signing]
    )
