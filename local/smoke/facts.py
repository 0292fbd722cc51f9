"""What a stack does, fact by fact: each has a name and a value that is the same wherever all goes as it should."""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx

from faceswap_adapter import Client, Job, JobHandle, JobTimeoutError, ProblemError, SucceededJob
from local.client import connected
from local.demo.run import MEDIA, VIDEO
from local.smoke.inputs import input_address
from local.smoke.surroundings import surroundings
from local.smoke.target import SmokeError, Target
from local.stack.parts import PROJECT

Fact = tuple[str, Any]
Tell = Callable[[str], None]
_LONGEST_SECONDS = 1800.0
_ENDS_WITHIN = 60.0
_TEN_ZEROS = "AdRIr9koBlRYz2cLYPWllNc1rwFyyNZ/IqgWgBMmgco="
"""The SHA-256 of ten zero bytes."""
_UNKNOWN = "job_" + "a" * 26
_STATES = set(json.loads((PROJECT / "statemachine/job_lifecycle.asl.json").read_text())["States"])


def facts(target: Target, folder: Path, tell: Tell) -> Iterator[Fact]:
    """Refusals first, then one job from its uploads to its deletion, then what stands around it.

    Downloads into the folder.

    Raises:
        SmokeError: the job was not over after half an hour, or its execution not soon after it.
    """
    with httpx.Client(base_url=target.api_url, timeout=60, trust_env=False) as http:
        yield from _refusals(http, {"authorization": f"Bearer {target.token}"})
        yield from _uploads(http, {"authorization": f"Bearer {target.token}"})
    with connected(target.api_url, target.token) as client:
        yield from _job(client, target, folder, tell)
    yield from surroundings(target, tell)


def _refusals(http: httpx.Client, auth: dict[str, str]) -> Iterator[Fact]:
    body = {"content-type": "application/json"}
    probes: dict[str, httpx.Request] = {
        "no token": http.build_request("GET", "/v1/jobs"),
        "a token that is none": http.build_request("GET", "/v1/jobs", headers={"authorization": "Bearer a.b.c"}),
        "an unknown route": http.build_request("GET", "/v1/nothing", headers=auth),
        "an unknown method": http.build_request("PUT", "/v1/jobs", headers=auth),
        "an unknown job": http.build_request("GET", f"/v1/jobs/{_UNKNOWN}", headers=auth),
        "an empty body": http.build_request("POST", "/v1/jobs", headers=auth | body, content=b""),
        "a body that is not JSON": http.build_request("POST", "/v1/jobs", headers=auth | body, content=b"{"),
        "a body that is not UTF-8": http.build_request("POST", "/v1/jobs", headers=auth | body, content=b"\xff"),
        "a request that does not validate": http.build_request("POST", "/v1/jobs", headers=auth, json={}),
        "a form": http.build_request("POST", "/v1/jobs", headers=auth, data={"a": "b"}),
        "a webhook with a wrong token": http.build_request(
            "POST", f"/v1/webhooks/modelslab/{_UNKNOWN}/{'b' * 43}", json={}
        ),
        "the contract": http.build_request("GET", "/v1/openapi.json"),
        "another origin's preflight": http.build_request(
            "OPTIONS",
            "/v1/jobs",
            headers={"origin": "https://elsewhere.example", "access-control-request-method": "POST"},
        ),
    }  # fmt: skip
    for name, request in probes.items():
        yield name, _told(http.send(request))


def _told(answer: httpx.Response) -> dict[str, Any]:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    told: dict[str, Any] = {"status": answer.status_code, "content_type": kind}
    if "json" in kind and answer.status_code >= 400:
        document = answer.json()
        told["says"] = document.get("type") or document
    return told


def _uploads(http: httpx.Client, auth: dict[str, str]) -> Iterator[Fact]:
    """What the presigned request of an upload refuses, and that what lies there is not replaced."""
    wanted = {
        "purpose": "init_image",
        "content_type": "image/png",
        "size": 10,
        "sha256": _TEN_ZEROS,
    }
    put = http.post("/v1/uploads", headers=auth, json=wanted).json()
    url, headers = put["url"], put["headers"]
    elsewhere = url.replace(put["upload_id"], "upl_" + "a" * 26)
    careless = {name: value for name, value in headers.items() if name != "If-None-Match"}
    for name, to, sent, data in (
        ("an upload that is too large", url, headers, bytes(11)),
        ("an upload that is too small", url, headers, bytes(9)),
        ("an upload of another type", url, headers | {"Content-Type": "text/html"}, bytes(10)),
        ("an upload of another content", url, headers, bytes(9) + b"1"),
        ("an upload to another key", elsewhere, headers, bytes(10)),
        ("an upload that may replace another", url, careless, bytes(10)),
        ("an upload as declared", url, headers, bytes(10)),
        ("the same upload again", url, headers, bytes(10)),
    ):
        yield name, {"status": http.put(to, headers=sent, content=data).status_code}
    given_up = http.delete(f"/v1/uploads/{put['upload_id']}", headers=auth)
    yield "an upload that is given up", {"status": given_up.status_code}


def _job(client: Client, target: Target, folder: Path, tell: Tell) -> Iterator[Fact]:
    request: dict[str, Any] = {
        purpose: client.upload(path, purpose) for purpose, path in MEDIA.items()
    }
    request["consent"] = {"attested": True, "statement": "The people shown are synthetic."}
    key = str(uuid.uuid4())
    handle = client.create_job(request, key)
    yield (
        "the same request again",
        {"same": client.create_job(request, key).job_id == handle.job_id},
    )
    yield "an input's address", _input(target, handle)
    job = _follow(handle, tell)
    yield "the job", {"status": job.status, "error": job.error and job.error.type}
    yield "the states of its execution", _states(target, job.job_id)
    if isinstance(job, SucceededJob):
        result = handle.download(folder / "result.mp4")
        yield "its result", _result(job, result.read_bytes())
        tell(f"result in {result}")
    handle.delete()
    yield "the job once it is deleted", {"status": _status_of(handle)}


def _input(target: Target, handle: JobHandle) -> dict[str, Any]:
    return input_address(target, handle.job_id, VIDEO, lambda: handle.refresh().is_final)


def _follow(handle: JobHandle, tell: Tell) -> Job:
    began = time.monotonic()

    def told(job: Job) -> None:
        tell(f"{time.monotonic() - began:6.1f} s  {job.status}")

    handle.refresh()
    try:
        return handle.wait(_LONGEST_SECONDS, told)
    except JobTimeoutError as error:
        raise SmokeError(f"{handle.job_id}: {error}") from error


def _status_of(handle: JobHandle) -> int:
    """The HTTP status with which reading the job is answered."""
    try:
        handle.refresh()
    except ProblemError as error:
        return error.status
    return httpx.codes.OK


def _states(target: Target, job_id: str) -> list[str]:
    """The states that the execution entered; a webhook that came shows as one Collect, a lost one as more."""
    arn = target.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:") + f":{job_id}"
    executions = boto3.client("stepfunctions")
    end = time.monotonic() + _ENDS_WITHIN
    while executions.describe_execution(executionArn=arn)["status"] == "RUNNING":
        if time.monotonic() > end:
            raise SmokeError(f"the execution of {job_id} goes on although the job is over")
        time.sleep(0.5)
    pages = executions.get_paginator("get_execution_history")
    events = [event for page in pages.paginate(executionArn=arn) for event in page["events"]]
    entered = [
        e["stateEnteredEventDetails"]["name"] for e in events if "stateEnteredEventDetails" in e
    ]
    return [name for name in entered if name in _STATES]


def _result(job: SucceededJob, data: bytes) -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {
        "content_type": job.result.content_type,
        "is as announced": (job.result.size, job.result.sha256) == (len(data), digest),
        "is an MP4": data[4:8] == b"ftyp",
    }
