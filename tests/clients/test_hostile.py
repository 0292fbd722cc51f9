"""Bodies, names and texts that nobody means well with: a clear refusal or a plain answer, never a fault of ours."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.world import CONSENT, World

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())
_WITH_BODY = [
    path for path, item in DOCUMENT["paths"].items() if "requestBody" in item.get("post", {})
]
VENDOR = [path for path in _WITH_BODY if path.startswith("/api/")]
"""Of the vendor's contract, whose errors have another shape."""
WITH_BODY = [path for path in _WITH_BODY if path not in VENDOR]
MIB = 1024 * 1024
MOST = 64 * 1024
UPLOAD = {"purpose": "init_video", "content_type": "video/mp4", "size": 5}
JOB = {
    **dict.fromkeys(("init_video", "init_image", "reference_image"), "https://media.example.com/x"),
    "consent": CONSENT,
}
GOOD = {
    "/v1/uploads": UPLOAD,
    "/v1/uploads/{upload_id}/sign": {"method": "PUT"},
    "/v1/uploads/{upload_id}/parts": {"numbers": [1]},
    "/v1/jobs": JOB,
    "/v1/callbacks/recover": {"since": "2026-01-31T00:00:00Z"},
    "/v1/keys": {"name": "shop", "consent": CONSENT},
}

NOT_JSON = {
    "nothing": b"",
    "white space": b" \n\t ",
    "half of it": b'{"purpose":',
    "two of them": b"{}{}",
    "64 KiB of zeros": bytes(MOST),
    "64 KiB of brackets": b"[" * MOST,
    "20,000 levels": b"[" * 20_000 + b"]" * 20_000,
    "10,000 levels of objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "an integer of 5,000 digits": b'{"size": ' + b"9" * 5_000 + b"}",
    "not a number": b'{"size": NaN}',
    "endless": b'{"size": -Infinity}',
    "latin-1": '{"client_reference": "é"}'.encode("latin-1"),
    "UTF-16": json.dumps(UPLOAD).encode("utf-16"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + json.dumps(UPLOAD).encode(),
    "no UTF-8": b'{"purpose": "\xff\xfe"}',
    "half a surrogate": b'{"purpose": "\\ud800"}',
    "a form": b"purpose=init_video&size=5",
}
WRONG_SHAPE = {
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"5",
    "null": b"null",
    "64 KiB of text": b'"' + b"x" * (MOST - 2) + b'"',
    "4,000 fields": json.dumps({f"f{n}": n for n in range(4_000)}).encode(),
    "a field of 60 KiB": json.dumps({"x" * 60 * 1024: 1}).encode(),
    "the same field twice": b'{"size": 5, "size": "x"}',
}
TEXTS = {
    "empty": "",
    "a NUL": "a\0b",
    "controls": "".join(map(chr, range(1, 32))),
    "right to left": "\u202eevil\u202c",
    "combining": "e" + "\u0301" * 200,
    "beyond the basic plane": "\U0001f600" * 50,
    "not normalised": "\u212b\u0041\u030a",
    "a byte order mark": "\ufeffx",
    "a non-character": "\uffff",
    "zero width": "\u200b\u200d",
    "long": "x" * 30_000,
    "a path": "../../../etc/passwd",
    "markup": "<script>alert(1)</script>",
    "a formula": "{{7*7}}${7*7}%s%n",
    "a query": "' OR 1=1 --",
    "a line break": "a\r\nX-Injected: 1",
}
INTERNALS = ("Traceback", "faceswap.", "pydantic", "botocore", "/var/task", "arn:aws", "DynamoDB")


def refused(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The problem document of a refusal; short, and without anything of the inside."""
    assert answer.status_code in statuses, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 16 * 1024
    assert not [word for word in INTERNALS if word in answer.text]
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    return problem


def refused_by_vendor(answer: httpx.Response, *statuses: int) -> None:
    """A refusal as the vendor has it; short, and without anything of the inside."""
    assert answer.status_code in statuses, answer.text[:500]
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.content) < 16 * 1024
    assert not [word for word in INTERNALS if word in answer.text]
    told = answer.json()
    assert set(told) == {"status", "message"}
    assert told["status"] == "error"


@pytest.fixture
def untouched(world: World) -> Iterator[World]:
    """A world in which a test stores nothing."""
    before = world.items()
    yield world
    assert world.items() == before


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize("body", [b" " * (MOST + 1), b"[" * MIB, json.dumps("x" * MIB).encode()])
def test_what_is_over_64_kib_is_too_large(untouched: World, path: str, body: bytes) -> None:
    json_type = {"content-type": "application/json"}

    refused(untouched.call("POST", path, content=body, headers=json_type), 413)


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_is_malformed(untouched: World, path: str, name: str) -> None:
    json_type = {"content-type": "application/json"}

    answer = untouched.call("POST", path, content=NOT_JSON[name], headers=json_type)

    # Where a body is no UTF-8, the emulator's gateway has put something else in its place.
    statuses = (400, 422) if name in ("latin-1", "no UTF-8") else (400,)
    # Half a letter is JSON; what is wrong with it has a pointer.
    statuses = (422, 400) if name == "half a surrogate" else statuses
    problem = refused(answer, *statuses)
    types = {400: "/problems/malformed", 422: "/problems/invalid"}
    assert problem["type"] == types[answer.status_code]


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize("name", WRONG_SHAPE)
def test_json_of_another_shape_is_invalid(untouched: World, path: str, name: str) -> None:
    json_type = {"content-type": "application/json"}

    answer = untouched.call("POST", path, content=WRONG_SHAPE[name], headers=json_type)

    problem = refused(answer, 422)
    assert problem["type"] == "/problems/invalid"
    assert 1 <= len(problem["errors"]) <= 20


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonx",
        "APPLICATION/OCTET-STREAM",
        "nonsense",
    ],
)
def test_another_content_type_is_refused(untouched: World, path: str, content_type: str) -> None:
    body = json.dumps(GOOD[path]).encode()

    answer = untouched.call("POST", path, content=body, headers={"content-type": content_type})

    refused(answer, 415)


@pytest.mark.parametrize(
    "content_type", ["Application/JSON", "application/json; charset=utf-8", ""]
)
def test_json_s_own_type_may_be_written_as_one_likes(world: World, content_type: str) -> None:
    body = json.dumps(UPLOAD).encode()
    headers = {"content-type": content_type} if content_type else {}

    assert world.call("POST", "/v1/uploads", content=body, headers=headers).status_code == 201


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b"\xff\xfe{").decode(), "AAA"])
def test_base64_that_decodes_to_nothing_sensible_is_malformed(
    untouched: World, path: str, body: str
) -> None:
    """As the gateway hands over a body that it takes for binary; the emulator's never does so itself."""
    event = json.loads(
        (Path(__file__).parents[2] / "events/jobs/post_job.json")
        .read_text()
        .replace("/v1/jobs", path)
    )
    sent = event | {"body": body, "isBase64Encoded": True}

    told = untouched.aws("lambda").invoke(
        FunctionName=untouched.stack.functions["jobs"], Payload=json.dumps(sent).encode()
    )

    assert "FunctionError" not in told
    answer = json.loads(told["Payload"].read())
    assert answer["statusCode"] in {400, 422}
    assert answer["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", VENDOR)
@pytest.mark.parametrize("name", [*NOT_JSON, *WRONG_SHAPE, "too long"])
def test_the_vendor_s_contract_refuses_in_its_own_shape(
    untouched: World, path: str, name: str
) -> None:
    bodies = {**NOT_JSON, **WRONG_SHAPE, "too long": b" " * (MOST + 1)}

    answer = untouched.call("POST", path, token="", content=bodies[name])

    # What is an object has no key of ours.
    refused_by_vendor(answer, 413 if name == "too long" else 400, 401)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_the_vendor_s_request_may_be_anything(world: World, name: str) -> None:
    text, path = TEXTS[name], "/api/v6/faceswap/specific_video_swap"
    good = {**JOB, "key": world.make_key()["key"], "track_id": "no number"}
    before = world.items()

    for field in (*JOB, "output_format", "watermark", "webhook", text[:64]):
        refused_by_vendor(world.call("POST", path, token="", json=good | {field: text}), 400)
    good.pop("track_id")
    for field in ("init_video", "init_image", "reference_image"):
        answer = world.call("POST", path, token="", json=good | {field: text})
        refused_by_vendor(answer, 400)
        assert answer.json()["message"].startswith(f"{field}: ")
    refused_by_vendor(world.call("POST", path, token="", json=good | {"key": text}), 401)
    long_key = {"name": text, "consent": CONSENT}
    assert world.call("POST", "/v1/keys", json=long_key).status_code in {201, 422}
    assert world.items() - before <= 1


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_a_body_may_be_anything(world: World, name: str) -> None:
    text = TEXTS[name]
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/v1/uploads", UPLOAD | {field: text}) for field in ("purpose", "content_type", "sha256")
    ]
    bodies += [("/v1/jobs", JOB | {field: text}) for field in (*JOB, "output_format", text[:64])]
    bodies += [("/v1/jobs", JOB | {"init_video": f"https://{text}/x"})]
    bodies += [("/v1/jobs", JOB | {"init_image": f"upload:{text}"})]

    for path, body in bodies:
        refused(world.call("POST", path, json=body), 422)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_are_kept_come_back_as_they_were_sent(world: World, name: str) -> None:
    text = TEXTS[name]
    body = JOB | {"client_reference": text, "consent": CONSENT | {"statement": text or "x"}}

    answer = world.call("POST", "/v1/jobs", json=body)

    if len(text) > 128:
        refused(answer, 422)
    else:
        assert answer.status_code == 202
        job = world.job(answer.json()["job_id"])
        assert job["client_reference"] == text


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("empty", "long")])
def test_ids_cursors_and_keys_may_be_anything(untouched: World, name: str) -> None:
    text = TEXTS[name]
    quoted = httpx.URL("http://x/", params={"q": text}).query.decode().removeprefix("q=")

    for method, path in (
        ("GET", f"/v1/jobs/{quoted}"),
        ("GET", f"/v1/jobs/{quoted}/result"),
        ("POST", f"/v1/jobs/{quoted}/cancel"),
        ("DELETE", f"/v1/jobs/{quoted}"),
        ("GET", f"/v1/uploads/{quoted}"),
    ):
        answer = untouched.call(method, path)
        assert answer.status_code == 404, (path, answer.text)
        assert not [word for word in INTERNALS if word in answer.text]
    for parameter in ("status", "limit", "cursor"):
        refused(untouched.call("GET", "/v1/jobs", params={parameter: text}), 422)
    key = text.encode("ascii", "replace").decode()
    if key.isprintable() and " " in key:
        refused(untouched.call("POST", "/v1/jobs", json=JOB, headers={"idempotency-key": key}), 422)


@pytest.mark.parametrize("body", [b"", bytes(100), b"[" * 20_000, b"\xff\xfe", b"x" * MIB])
def test_the_webhook_reads_nothing_before_its_token_is_proven(
    untouched: World, body: bytes
) -> None:
    path = f"/v1/webhooks/modelslab/job_{'a' * 26}/{'b' * 43}"

    refused(untouched.call("POST", path, token="", content=body), 404)
