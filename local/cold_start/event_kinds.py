"""One event of each kind, in the order of a job's life, each answered by a fresh interpreter."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from faceswap.rules.links import webhook_token
from local.cold_start.fresh_interpreter import ColdStartError, FirstAnswer, Functions
from local.stack import Stack
from local.stack.parts import PROJECT

_EVENTS = PROJECT / "events"
_SLEEPS_WITHIN = 120.0
_VIDEO = "https://media.example.com/clip.mp4"
LIMITS = {
    "OWNER_JOBS_PER_DAY": "1000000",
    "OWNER_OPEN_JOBS": "1000000",
    "OWNER_UPLOAD_BYTES_PER_DAY": "1000000000",
    "OWNER_REQUESTS_PER_MINUTE": "60000",
    "PRICE_PER_JOB": "0.16",
    "DAILY_BUDGET": "1000000",
}
"""What a stack sets that limits owners in every way, and has a price and a budget."""


def one_of_each(
    functions: Functions, *, tell_imports: bool = False
) -> Iterator[tuple[str, FirstAnswer]]:
    """A whole life, event by event: the kind of each, and its first answer.

    Raises:
        ColdStartError: an event was not answered as it should be.
    """
    stack = functions.stack

    def jobs(event: Mapping[str, Any]) -> FirstAnswer:
        return functions.answer("jobs", event, tell_imports=tell_imports)

    def results(event: Mapping[str, Any]) -> FirstAnswer:
        return functions.answer("results", event, tell_imports=tell_imports)

    uploaded = jobs(_sample("jobs/post_upload.json"))
    upload = _body(uploaded, 201)
    yield "POST /v1/uploads", uploaded

    _body(jobs(_post_job(upload["source"])), 202)
    landed = _sample("jobs/object_created.json")
    landed["detail"]["object"]["key"] = f"uploads/{upload['upload_id']}.mp4"
    yield "an upload landed", jobs(landed)

    created = jobs(_post_job(_VIDEO))
    job_id = _body(created, 202)["job_id"]
    yield "POST /v1/jobs", created
    read = jobs(_with_path(_sample("jobs/get_job.json"), job_id=job_id))
    _body(read, 200)
    yield "GET /v1/jobs/{job_id}", read
    submit = {"task": "submit", "job_id": job_id, "public_base_url": stack.api_url}
    yield "Submit", jobs(submit)
    yield "Collect", results({"task": "collect", "job_id": job_id})

    limited = replace(functions, variables=LIMITS)
    counted = limited.answer("jobs", _post_job(_VIDEO), tell_imports=tell_imports)
    submit["job_id"] = _body(counted, 202)["job_id"]
    yield "POST /v1/jobs, with limits", counted
    yield "Submit, with limits", limited.answer("jobs", submit, tell_imports=tell_imports)

    made = jobs(_sample("jobs/post_key.json"))
    key = _body(made, 201)["key"]
    yield "POST /v1/keys", made
    swapped = jobs(_with_key(_sample("jobs/post_vendor_swap.json"), key))
    number = _body(swapped, 200)["id"]
    yield "POST /api/v6/faceswap/specific_video_swap", swapped
    fetch = _with_path(_sample("jobs/post_vendor_fetch.json"), id=str(number))
    fetched = jobs(_with_key(fetch, key))
    _body(fetched, 200)
    yield "POST /api/v6/faceswap/fetch/{id}", fetched

    # The webhook finds a job that sleeps, and wakes it: this one's execution does the rest.
    sleeping = _body(jobs(_post_job(_VIDEO)), 202)["job_id"]
    inserted = _sample("jobs/job_inserted.json")
    inserted["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] = f"job#{sleeping}"
    yield "a job was inserted", jobs(inserted)
    _until_it_sleeps(stack, sleeping)
    hook = _sample("results/post_webhook.json")
    told = results(_with_path(hook, job_id=sleeping, token=_token(functions, sleeping)))
    _body(told, 200)
    yield "the webhook", told

    yield "the sweep", results({"task": "sweep"})
    yield "the scheduled dispatch", jobs(_sample("jobs/send_queued.json"))


def _until_it_sleeps(stack: Stack, job_id: str) -> None:
    """Wait until the provider has the job and its execution waits for news."""
    table = stack.client("dynamodb")
    end = time.monotonic() + _SLEEPS_WITHIN
    while time.monotonic() < end:
        key = {"pk": {"S": f"job#{job_id}"}}
        item = table.get_item(TableName=stack.jobs_table, Key=key, ConsistentRead=True)["Item"]
        if (item["status"]["S"], item["change"]["S"]) == ("processing", "wait"):
            return
        time.sleep(0.05)
    raise ColdStartError(f"the job does not sleep within {_SLEEPS_WITHIN} s")


def _sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((_EVENTS / name).read_text())
    return event


def _with_path(event: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """The HTTP event with other path parameters, wherever it names them."""
    http = event["requestContext"]["http"]
    for name, value in parameters.items():
        old = event["pathParameters"][name]
        event["rawPath"] = http["path"] = event["rawPath"].replace(f"/{old}", f"/{value}", 1)
        event["pathParameters"][name] = value
    return event


def _post_job(video: str) -> dict[str, Any]:
    """A request for a new job, whenever it is made."""
    event = _sample("jobs/post_job.json")
    del event["headers"]["idempotency-key"]
    event["body"] = json.dumps(json.loads(event["body"]) | {"init_video": video})
    return event


def _with_key(event: dict[str, Any], key: str) -> dict[str, Any]:
    """The event by this key, and without an idempotency key: a new job each time."""
    event["headers"].pop("idempotency-key", None)
    event["body"] = json.dumps(json.loads(event["body"]) | {"key": key})
    return event


def _token(functions: Functions, job_id: str) -> str:
    arn = functions.configuration("results")["Environment"]["Variables"]["WEBHOOK_SECRET_ARN"]
    secret = functions.stack.client("secretsmanager").get_secret_value(SecretId=arn)
    return webhook_token(secret["SecretString"], job_id)


def _body(first: FirstAnswer, status: int) -> dict[str, Any]:
    if first.answer["statusCode"] != status:
        raise ColdStartError(f"{first.answer['statusCode']}: {first.answer['body']}")
    body: dict[str, Any] = json.loads(first.answer["body"])
    return body
