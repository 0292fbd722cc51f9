"""Errors of the HTTP side, called as Lambda would call it."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from faceswap.api import resolver
from faceswap.contract.uploads import UploadRequest
from faceswap.ports.jobs import BusyError


def app_with(route: Callable[..., Any]) -> APIGatewayHttpResolver:
    app = resolver()
    app.post("/thing")(route)
    return app


def call(
    app: APIGatewayHttpResolver, path: str, body: str, *, encoded: bool = False
) -> dict[str, Any]:
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "requestId": "r-1",
            "stage": "$default",
            "http": {"method": "POST", "path": path},
        },
        "body": body,
        "isBase64Encoded": encoded,
    }
    answer: dict[str, Any] = app.resolve(event, None)  # type: ignore[arg-type]
    return answer


def take(body: UploadRequest) -> dict[str, str]:
    return {"purpose": body.purpose}


def test_what_fails_unexpectedly_tells_nothing_of_itself() -> None:
    def fail() -> dict[str, str]:
        raise RuntimeError("password hunter2")

    answer = call(app_with(fail), "/thing", "")

    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["instance"]) == (500, "/requests/r-1")
    assert "hunter2" not in answer["body"]


def test_what_others_change_all_the_time_may_be_asked_for_again() -> None:
    def busy() -> dict[str, str]:
        raise BusyError("others write the same items")

    answer = call(app_with(busy), "/thing", "")

    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["title"]) == (503, "Service Unavailable")
    assert answer["headers"]["Retry-After"] == "1"
    assert problem["detail"] == "Others are changing the same at this moment. Try again."


@pytest.mark.parametrize(
    ("body", "encoded"),
    [
        (base64.b64encode(b"\xff\xfe").decode(), True),
        ("A", True),
        ("{", False),
        ("[" * 20000, False),
        ('{"size": ' + "9" * 5000 + "}", False),
        ('{"size": NaN}', False),
    ],
    ids=["not utf-8", "not base64", "cut", "deep", "long number", "nan"],
)
def test_a_body_that_cannot_be_read_is_malformed(body: str, encoded: bool) -> None:
    answer = call(app_with(take), "/thing", body, encoded=encoded)

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["type"] == "/problems/malformed"


def test_an_unknown_path_is_a_problem() -> None:
    answer = call(resolver(), "/nothing", "")

    assert (answer["statusCode"], json.loads(answer["body"])["type"]) == (
        404,
        "/problems/not-found",
    )
