"""What the HTTP side refuses row by row, called as Lambda calls it: one problem, one pointer, nothing stored."""

import json
from typing import Any, NamedTuple

import pytest

import job_routes
import upload_routes
from faceswap.api import resolve
from faceswap.container.jobs import JobsContainer
from faceswap.settings import JobsSettings
from jobs_http import app
from tests.fakes import FakeExecutions, FakeInbox, FakeJobs, FakeMedia, FakeRequests, FakeUploads
from tests.support.environment import ENVIRONMENT
from tests.support.world import CONSENT, TYPES

GOOD_JOB = {name: f"https://media.example.com/{name}" for name in TYPES} | {"consent": CONSENT}
GOOD_UPLOAD = {"purpose": "init_video", "content_type": "video/mp4", "size": 5}
CLAIMS = {"sub": "demo"}


class Stored(NamedTuple):
    """What the routes can write to."""

    jobs: FakeJobs
    uploads: FakeUploads

    def counts(self) -> tuple[int, int]:
        return len(self.jobs.now), len(self.uploads.now)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Routes that write to stores in memory, which are empty."""
    stored = Stored(FakeJobs(), FakeUploads())
    container = JobsContainer(JobsSettings.read(ENVIRONMENT | {"MAX_VIDEO_BYTES": "104857600"}))
    others: dict[str, object] = {
        "media": FakeMedia(),
        "executions": FakeExecutions(),
        "inbox": FakeInbox(),
    }
    others["requests"] = FakeRequests(stored.jobs, stored.uploads)
    parts = {**stored._asdict(), **others}
    for name, part in parts.items():
        monkeypatch.setitem(vars(container), name, part)
    for routes in (job_routes, upload_routes):
        monkeypatch.setattr(routes, "jobs_container", lambda: container)
    return stored


def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    event = {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "requestId": "r-1",
            "stage": "$default",
            "http": {"method": "POST", "path": path},
            "authorizer": {"jwt": {"claims": CLAIMS, "scopes": None}},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
    return resolve(app, event, None)


def refused(answer: dict[str, Any]) -> list[str]:
    """The pointers of a problem that says invalid."""
    problem = json.loads(answer["body"])
    assert answer["statusCode"] == problem["status"] == 422, problem
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert (problem["type"], problem["instance"]) == ("/problems/invalid", "/requests/r-1")
    return [fault["pointer"] for fault in problem["errors"]]


def test_what_is_right_is_stored(stored: Stored) -> None:
    assert post("/v1/jobs", GOOD_JOB)["statusCode"] == 202
    assert post("/v1/uploads", GOOD_UPLOAD)["statusCode"] == 201
    assert stored.counts() == (1, 1)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"init_video": "http://media.example.com/v.mp4"}, "#/init_video"),
        ({"init_image": "https://10.1.2.3/i.png"}, "#/init_image"),
        ({"reference_image": "https://169.254.169.254/latest"}, "#/reference_image"),
        ({"init_video": "upload:upl_" + "a" * 26}, "#/init_video"),
        ({"init_video": "upload:../../secrets"}, "#/init_video"),
        ({"init_video": "ftp://media.example.com/v"}, "#/init_video"),
        ({"init_video": 5}, "#/init_video"),
        ({"consent": None}, "#/consent"),
        ({"consent": {"attested": False, "statement": "x"}}, "#/consent/attested"),
        ({"consent": {"attested": True, "statement": "x", "by": "y"}}, "#/consent/by"),
        ({"output_format": "gif"}, "#/output_format"),
        ({"webhook": "https://me.example"}, "#/webhook"),
        ({"a/b~c": 1}, "#/a~1b~0c"),
        ({"client_reference": "\ud800"}, "#/client_reference"),
        ({"callback": {"url": "https://a.example/\udfff"}}, "#/callback/url"),
        ({"init_video": "https://a.example/\ud800"}, "#/init_video"),
        ({"consent": {"attested": True, "statement": "\ud800"}}, "#/consent/statement"),
        ({"\ud800": 1}, "#"),
    ],
)
def test_a_job_that_does_not_validate(stored: Stored, change: dict[str, Any], pointer: str) -> None:
    body = {name: value for name, value in (GOOD_JOB | change).items() if value is not None}

    assert refused(post("/v1/jobs", body)) == [pointer]
    assert stored.counts() == (0, 0)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"purpose": "audio"}, "#/purpose"),
        ({"content_type": "image/png"}, "#/content_type"),
        ({"content_type": "video/x-matroska"}, "#/content_type"),
        ({"size": 0}, "#/size"),
        ({"size": "5"}, "#/size"),
        ({"size": 104857601}, "#/size"),
        ({"sha256": "short"}, "#/sha256"),
        ({"key": "uploads/other/x"}, "#/key"),
    ],
)
def test_an_upload_that_is_not_accepted(
    stored: Stored, change: dict[str, Any], pointer: str
) -> None:
    assert refused(post("/v1/uploads", GOOD_UPLOAD | change)) == [pointer]
    assert stored.counts() == (0, 0)
