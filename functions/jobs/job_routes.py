"""Routes of jobs."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query
from pydantic import BeforeValidator, Field

from caller import caller_of
from faceswap.api import NO_STORE, responses
from faceswap.api import router as new_router
from faceswap.container.common import now, random
from faceswap.container.jobs import jobs_container
from faceswap.contract.jobs import JobList, JobRequest, JobView, ResultLink, view_of
from faceswap.rules.job import Job
from faceswap.rules.links import result_token, result_url
from faceswap.rules.routing import base_path
from faceswap.rules.schedule import retry_after
from faceswap.rules.status import Status
from faceswap.telemetry import count
from parameters import digits
from public_address import public_base_url

if TYPE_CHECKING:
    from faceswap.usecases.estimate_queue import Outlook

router = new_router()

_JSON = "application/json"


JobId = Annotated[str, Path(description="The job's id.")]


@router.post(
    "/v1/jobs",
    status_code=HTTPStatus.ACCEPTED,
    summary="Create a job",
    tags=["jobs"],
    operation_id="createJob",
    responses=responses(
        202,
        description="The job; `Location` names it, `Idempotency-Replayed: true` tells of a repeat. Where the deployment"
        " has limits, each answer tells in `RateLimit-Policy` and `RateLimit` what they are, and what is left.",
        errors=[400, 410, 415, 429, 503],
        model=JobView,
    ),
)
def post_job(
    request: JobRequest,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[!-~]+$",
            description="Repeating a request with the same key makes no second job.",
        ),
    ] = None,
) -> Response[JobView]:
    """Out of uploads and/or https URLs; uploads may land later."""
    created = jobs_container().create_job.run(request, caller_of(router), idempotency_key)
    path = f"{base_path(router.current_event.raw_event)}/v1/jobs/{created.job.job_id}"
    headers = _headers(created.job) | {"Location": path}
    if created.replayed:
        headers["Idempotency-Replayed"] = "true"
    else:
        count("JobsCreated")
    return Response(HTTPStatus.ACCEPTED, _JSON, _view(created.job), dict(headers))


@router.get(
    "/v1/jobs/<job_id>",
    summary="Read a job",
    tags=["jobs"],
    operation_id="getJob",
    responses=responses(
        200,
        description="The job, with an `ETag`, and `Retry-After` while it is not final.",
        errors=[404],
        model=JobView,
    )
    | {
        304: {
            "description": "Nothing but `eta`, or the `notice` of a queued job, has changed since the version in"
            " `If-None-Match`."
        }
    },
)
def get_job(
    job_id: JobId,
    if_none_match: Annotated[
        str | None, Header(description="The `ETag` of an earlier answer.")
    ] = None,
) -> Response[JobView | None]:
    """One job of the caller."""
    container = jobs_container()
    job = container.read_job.run(job_id, caller_of(router).owner)
    outlook = container.outlook(job)
    headers = _headers(job, outlook)
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    if known & {headers["ETag"], "*"}:
        return Response(HTTPStatus.NOT_MODIFIED, _JSON, None, dict(headers))
    return Response(HTTPStatus.OK, _JSON, _view(job, outlook), dict(headers))


@router.get(
    "/v1/jobs",
    summary="List the caller's jobs",
    tags=["jobs"],
    operation_id="listJobs",
    responses=responses(200, description="A page, newest first.", errors=[], model=JobList),
)
def get_jobs(
    status: Annotated[Status | None, Query(description="Only jobs with this status.")] = None,
    limit: Annotated[
        int,
        Field(ge=1, le=100),
        BeforeValidator(digits),
        Query(description="Most jobs of a page."),
    ] = 20,
    cursor: Annotated[
        str | None, Query(max_length=512, description="The `next_cursor` of the page before.")
    ] = None,
) -> JobList:
    """A page may hold fewer jobs than `limit` and still have a next one."""
    owner = caller_of(router).owner
    listed = jobs_container().list_jobs.run(owner, status=status, limit=limit, cursor=cursor)
    return JobList(items=[_view(job) for job in listed.jobs], next_cursor=listed.next_cursor)


@router.post(
    "/v1/jobs/<job_id>/cancel",
    summary="Cancel a job",
    tags=["jobs"],
    operation_id="cancelJob",
    responses=responses(
        200,
        description="The job; its `notice` tells if the provider may still bill it.",
        errors=[404, 409, 503],
        model=JobView,
    ),
)
def post_cancel(job_id: JobId) -> Response[JobView]:
    """Ends the job here. The provider has no cancel: what it has accepted may still be billed."""
    job = jobs_container().cancel_job.run(job_id, caller_of(router).owner)
    return Response(HTTPStatus.OK, _JSON, _view(job), dict(_headers(job)))


@router.delete(
    "/v1/jobs/<job_id>",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a job",
    tags=["jobs"],
    operation_id="deleteJob",
    responses=responses(204, description="It is erased.", errors=[404, 409, 503]),
)
def delete_job(job_id: JobId) -> Response[None]:
    """Cancels it if needed, erases its media and personal data here, and asks the provider to."""
    jobs_container().delete_job.run(job_id, caller_of(router).owner)
    return Response(HTTPStatus.NO_CONTENT, _JSON, None)


@router.get(
    "/v1/jobs/<job_id>/result",
    summary="A fresh link to the result",
    tags=["jobs"],
    operation_id="getResult",
    responses=responses(
        200, description="Where the video can be read.", errors=[404, 409, 410], model=ResultLink
    ),
)
def get_result(job_id: JobId) -> Response[ResultLink]:
    """The link works for anybody who has it, for one hour."""
    link = jobs_container().read_result.run(job_id, caller_of(router).owner)
    return Response(HTTPStatus.OK, _JSON, link, dict(NO_STORE))


def _view(job: Job, outlook: "Outlook | None" = None) -> JobView:
    if outlook is None:
        return view_of(job, _result_link)
    return view_of(job, _result_link, outlook.eta, waits_for_budget=outlook.waits_for_budget)


def _result_link(job_id: str) -> str:
    token = result_token(jobs_container().receipt_secret(), job_id)
    return result_url(public_base_url(router), job_id, token)


def _headers(job: Job, outlook: "Outlook | None" = None) -> dict[str, str]:
    headers = {"ETag": f'"{job.version}"'}
    if not job.is_final:
        eta = outlook.eta if outlook and outlook.eta else job.eta
        headers["Retry-After"] = str(retry_after(job, eta, now(), random()))
    return headers
