"""Every message variant of the provider contract §7 that is in scope, each row named after its number."""

import json
from datetime import UTC, datetime

import pytest

from faceswap.provider.interpret import interpret
from faceswap.provider.reply import Asked, Reply

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
RESULT = "https://pub-x.r2.dev/generations/ef3c.mp4"
FUTURE = ["https://pub-x.r2.dev/generations/predicted.mp4"]

V1 = {
    "status": "processing",
    "tip": "processing in background, use fetch",
    "eta": 605,
    "message": "Try to fetch request after seconds estimated",
    "fetch_result": "https://modelslab.com/api/v6/deepfake/fetch/298",
    "id": 298,
    "output": [],
    "meta": {"seed": 3230606555, "watermark": "yes", "output": FUTURE, "watermark_image": None},
    "future_links": FUTURE,
}
V4 = {
    "status": "success",
    "generationTime": 10.1,
    "id": 298,
    "output": [RESULT],
    "proxy_links": ["https://cdn2.example/generations/ef3c.mp4"],
    "meta": {"watermark": "no", "seed": 3230606555},
    "future_links": FUTURE,
}
V5 = {"status": "error", "message": "Unable to fetch image from provided URL"}
V14 = {"status": "processing", "message": "try again later.", "output": "", "tip": "Get faster"}
V15 = {"status": "success", "id": 298, "output": [RESULT], "tip": "…", "proxy_links": None}
V16 = {"status": "failed", "id": "", "message": "Failed, Try Again", "output": ""}
V17 = {"status": "failed", "id": "", "message": "Request not found", "output": "", "tip": "…"}
V18 = {
    "status": "success",
    "id": 298,
    "output": [RESULT],
    "generationTime": 45.2,
    "track_id": "900001",
    "meta": {"output_format": "mp4"},
}
V19 = {
    "status": "failed",
    "id": "298",
    "message": "Processing failed: Invalid input dimensions",
    "track_id": 900001,
}
V20 = {"status": "processing", "id": 298, "track_id": "900001", "eta": 30, "future_links": FUTURE}

PROXY = "https://cdn2.example/generations/ef3c.mp4"

ROWS: list[tuple[str, Asked, object, Reply]] = [
    (
        "V1",
        "submit",
        V1,
        Reply("accepted", "298", eta=605, text="Try to fetch request after seconds estimated"),
    ),
    ("V4", "submit", V4, Reply("succeeded", "298", urls=(RESULT, PROXY), generation_time=10.1)),
    (
        "V5",
        "submit",
        V5,
        Reply("failed", error_class="input", text="Unable to fetch image from provided URL"),
    ),
    ("V14", "fetch", V14, Reply("pending", text="try again later.")),
    ("V15", "fetch", V15, Reply("succeeded", "298", urls=(RESULT,))),
    ("V16", "fetch", V16, Reply("failed", error_class="unknown", text="Failed, Try Again")),
    ("V17", "fetch", V17, Reply("missing", error_class="not_found", text="Request not found")),
    (
        "V18",
        "webhook",
        V18,
        Reply("succeeded", "298", "900001", urls=(RESULT,), generation_time=45.2),
    ),
    (
        "V19",
        "webhook",
        V19,
        Reply(
            "failed",
            "298",
            "900001",
            error_class="unknown",
            text="Processing failed: Invalid input dimensions",
        ),
    ),
    ("V20", "webhook", V20, Reply("pending", "298", "900001", eta=30)),
]


@pytest.mark.parametrize(
    ("asked", "body", "meaning"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_a_message_of_the_contract_has_its_meaning(
    asked: Asked, body: object, meaning: Reply
) -> None:
    reply = interpret(200, {}, json.dumps(body).encode(), asked=asked, now=NOW, request_id="298")

    assert reply == meaning


@pytest.mark.parametrize(
    ("http_status", "body", "outcome"),
    [
        (200, b'{"status":"processing"}', "ambiguous"),
        (200, b"<html>502</html>", "ambiguous"),
        (200, b"", "ambiguous"),
        (502, b"<html>502</html>", "ambiguous"),
        (503, b'{"status":"error","message":"Service temporarily unavailable."}', "ambiguous"),
        (
            200,
            b'{"status":"error","message":"Internal server error. Please try again."}',
            "ambiguous",
        ),
        (401, b'{"status":"error","message":"Invalid Api Key"}', "not_started"),
        (200, b'{"status":"error","message":"Invalid Api Key"}', "not_started"),
        (200, b'{"status":"error","message":"Insufficient credits."}', "not_started"),
        (429, b"", "not_started"),
        (403, b'{"status":"error","message":"Feature not available"}', "not_started"),
        (400, b"not json", "failed"),
        (200, b'{"status":"error","message":{"init_image":["is odd"]}}', "failed"),
        (200, b'{"data":null,"error":{"code":"invalid_credentials","message":"x"}}', "not_started"),
        (200, b'{"status":"success","id":5,"output":[]}', "accepted"),
        (200, b'{"status":"success","output":""}', "ambiguous"),
        (200, b'{"status":"queued","id":"abc-5"}', "accepted"),
    ],
)
def test_a_submit_is_refused_only_if_nothing_can_have_started(
    http_status: int, body: bytes, outcome: str
) -> None:
    assert interpret(http_status, {}, body, asked="submit", now=NOW).outcome == outcome


@pytest.mark.parametrize(
    ("http_status", "body", "outcome"),
    [
        (401, b'{"status":"error","message":"Invalid Api Key"}', "unclear"),
        (200, b'{"status":"error","message":"Rate limit exceeded"}', "unclear"),
        (200, b'{"status":"error","message":"Your plan: upgrade"}', "unclear"),
        (500, b'{"status":"failed","message":"Failed"}', "unclear"),
        (404, b"<html>", "unclear"),
        (404, b'{"status":"error","message":"No such thing"}', "missing"),
        (400, b'{"message":"bad"}', "unclear"),
        (200, b'{"status":"success","id":299,"output":["https://a.example/v.mp4"]}', "unclear"),
        (
            200,
            b'{"status":"success","output":[],"future_links":["https://a.example/v.mp4"]}',
            "pending",
        ),
        (200, b'{"status":"processing","meta":{"output":["https://a.example/v.mp4"]}}', "pending"),
        (200, b'{"status":"ready","output":"https://a.example/v.mp4"}', "succeeded"),
        (200, b"[1]", "unclear"),
    ],
)
def test_a_fetch_decides_a_job_only_by_what_is_said_about_the_job(
    http_status: int, body: bytes, outcome: str
) -> None:
    reply = interpret(http_status, {}, body, asked="fetch", now=NOW, request_id="298")

    assert reply.outcome == outcome


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, {"retry_after": 30}, 30),
        ({"retry-after": "60"}, {"retry_after": 30}, 60),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, {}, 90),
        ({"x-ratelimit-reset": "45"}, {}, 45),
        ({"retry-after": "Sat, 31 Jan 2026 09:31:00 GMT"}, {}, 60),
        ({"retry-after": "soon"}, {}, None),
        ({}, {"message": "Too many requests, try again in 30 minutes"}, 1800),
        ({}, {"tips": "same request sent several times, wait 30 seconds"}, 30),
        ({}, {}, None),
    ],
)
def test_the_longest_wait_that_is_named_anywhere_counts(
    headers: dict[str, str], body: dict[str, object], seconds: int | None
) -> None:
    message = json.dumps({"status": "error", "message": "Rate limit exceeded"} | body).encode()

    assert interpret(429, headers, message, asked="submit", now=NOW).retry_after == seconds


@pytest.mark.parametrize(
    ("value", "text"),
    [(298, "298"), ("298", "298"), (298.0, "298"), (" a-b ", "a-b"), ("", None), (None, None),
     (True, None), (["x"], None), ("../../etc", None), ("a/b", None)],
)  # fmt: skip
def test_an_id_is_text_that_can_stand_in_a_path(value: object, text: str | None) -> None:
    body = json.dumps({"status": "processing", "id": value}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).request_id == text


@pytest.mark.parametrize(
    ("output", "urls"),
    [
        (" https://a.example/v.mp4 ", ("https://a.example/v.mp4",)),
        (
            ["", {"url": "https://a.example/v.mp4"}, 5, "https://a.example/v.mp4"],
            ("https://a.example/v.mp4",),
        ),
        ([["http://b.example//x.mp4"]], ("http://b.example//x.mp4",)),
    ],
)
def test_output_takes_many_forms(output: object, urls: tuple[str, ...]) -> None:
    body = json.dumps({"status": "Success ", "output": output}).encode()

    assert interpret(200, {}, body, asked="fetch", now=NOW).urls == urls


@pytest.mark.parametrize(("eta", "seconds"), [("12.5", 12.5), (0, None), (-3, None), ("x", None), (True, None),
                                              (1e300, None), ([1], None), ("9" * 400, None)])  # fmt: skip
def test_an_estimate_is_a_positive_number_or_absent(eta: object, seconds: float | None) -> None:
    body = json.dumps({"status": "processing", "id": 1, "eta": eta}).encode()

    assert interpret(200, {}, body, asked="submit", now=NOW).eta == seconds


def test_words_are_kept_without_urls_and_short() -> None:
    message = {"errors": [{"init": "see https://bucket.example/x?X-Amz-Signature=abc"}, "e" * 3000]}
    body = json.dumps({"status": "error", "messege": message}).encode()

    text = interpret(200, {}, body, asked="fetch", now=NOW).text

    assert text is not None
    assert text.startswith("errors: init: see [url] e")
    assert len(text.encode()) <= 1024


def test_the_track_id_is_found_in_meta_too() -> None:
    body = b'{"status":"processing","id":1,"meta":{"track_id":"900001"}}'

    assert interpret(200, {}, body, asked="submit", now=NOW).track_id == "900001"
