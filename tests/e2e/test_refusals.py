"""What is refused, and that a refusal leaves nothing behind. Each row of what does not validate: tests/unit."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from tests.support.until import until
from tests.support.world import CONSENT, PNG, VIDEO, World

SHA256 = b64encode(sha256(VIDEO).digest()).decode()

URLS = {
    name: f"https://media.example.com/{name}"
    for name in ("init_video", "init_image", "reference_image")
}
GOOD = URLS | {"consent": CONSENT}


def pointers(answer: dict[str, Any]) -> list[str]:
    return [fault["pointer"] for fault in answer["errors"]]


def newest(world: World) -> list[str]:
    """The caller's newest job, if there is one; jobs of other tests may still go on."""
    page = world.call("GET", "/v1/jobs", params={"limit": "1"}).json()
    return [job["job_id"] for job in page["items"]]


def test_a_job_that_does_not_validate_is_a_problem_with_a_pointer(world: World) -> None:
    before = newest(world)

    answer = world.call("POST", "/v1/jobs", json=GOOD | {"init_image": "https://10.1.2.3/i.png"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("/problems/invalid", 422)
    assert problem["instance"].startswith("/requests/")
    assert pointers(problem) == ["#/init_image"]
    assert newest(world) == before


def test_every_fault_is_told_at_once(world: World) -> None:
    answer = world.call("POST", "/v1/jobs", json={"init_video": "http://a.example/v", "x": 1})

    assert pointers(answer.json()) == ["#/init_image", "#/reference_image", "#/consent", "#/x"]


def test_somebody_else_s_upload_and_one_for_another_purpose_cannot_be_used(world: World) -> None:
    foreign = world.upload("init_image", PNG, token=world.stack.other_token)
    wrong = world.upload("reference_image", PNG)
    before = world.items()

    first = world.call("POST", "/v1/jobs", json=GOOD | {"init_image": foreign})
    second = world.call("POST", "/v1/jobs", json=GOOD | {"init_image": wrong})

    assert (first.status_code, pointers(first.json())) == (422, ["#/init_image"])
    assert (second.status_code, pointers(second.json())) == (422, ["#/init_image"])
    assert "no upload of yours" in first.json()["errors"][0]["detail"]
    assert "reference_image" in second.json()["errors"][0]["detail"]
    assert world.items() == before


def test_an_upload_that_is_not_accepted_is_a_problem_with_a_pointer(world: World) -> None:
    before = world.items()
    body = {"purpose": "init_video", "content_type": "video/mp4", "size": 104857601}

    answer = world.call("POST", "/v1/uploads", json=body)

    assert answer.status_code == 422
    assert pointers(answer.json()) == ["#/size"]
    assert world.items() == before


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff\xfe", b"[" * 20000, b'{"size": ' + b"9" * 5000 + b"}", b"NaN"]
)
def test_a_body_that_is_not_json_is_malformed(world: World, body: bytes) -> None:
    answer = world.call(
        "POST", "/v1/jobs", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    assert answer.json()["type"] in {"/problems/malformed", "/problems/invalid"}


def lies(world: World, reserved: dict[str, Any]) -> bool:
    found = world.aws("s3").list_objects_v2(
        Bucket=world.stack.media_bucket, Prefix=f"uploads/{reserved['upload_id']}"
    )
    return bool(found["KeyCount"])


def test_the_presigned_request_refuses_what_was_not_declared(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO, sha256=SHA256)
    elsewhere = reserved | {
        "url": reserved["url"].replace(reserved["upload_id"], "upl_" + "x" * 26)
    }
    may_replace = reserved | {
        "headers": {n: v for n, v in reserved["headers"].items() if n != "If-None-Match"}
    }

    assert world.send(reserved, VIDEO + b"x").status_code == 403
    assert world.send(reserved, VIDEO[:-1]).status_code == 403
    assert world.send(reserved, VIDEO[:-1] + b"x").status_code == 400
    assert world.send(reserved, VIDEO, {"Content-Type": "text/html"}).status_code == 403
    assert world.send(elsewhere, VIDEO).status_code == 403
    assert world.send(may_replace, VIDEO).status_code == 403
    assert not lies(world, reserved)
    assert world.send(reserved, VIDEO).status_code == 200
    assert lies(world, reserved)


def test_what_lies_there_is_not_replaced(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO)
    other = bytes(len(VIDEO))

    first, again = world.send(reserved, VIDEO), world.send(reserved, other)

    assert (first.status_code, again.status_code) == (200, 412)
    key = f"uploads/{reserved['upload_id']}.mp4"
    found = world.aws("s3").get_object(Bucket=world.stack.media_bucket, Key=key)
    assert found["Body"].read() == VIDEO


def test_an_upload_tells_whether_it_has_landed(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO, sha256=SHA256)
    path = f"/v1/uploads/{reserved['upload_id']}"

    before = world.call("GET", path).json()
    world.send(reserved, VIDEO)
    after = world.call("GET", path).json()

    assert (before["status"], before["size"]) == ("pending", len(VIDEO))
    assert (after["status"], after["size"], after["sha256"]) == ("landed", len(VIDEO), SHA256)
    assert {"url", "headers", "method"}.isdisjoint(after)
    assert reserved["headers"]["Content-Type"] == "video/mp4"


def test_an_upload_is_given_up_with_what_still_lands(world: World) -> None:
    here, late = world.reserve("init_video", VIDEO), world.reserve("init_video", VIDEO)
    world.send(here, VIDEO)
    for reserved in (here, late):
        path = f"/v1/uploads/{reserved['upload_id']}"
        assert world.call("DELETE", path).status_code == 204
        assert world.call("GET", path).status_code == 404
        body = world.request(init_image="https://media.example.com/i.png")
        answer = world.call("POST", "/v1/jobs", json=body | {"init_video": reserved["source"]})
        assert pointers(answer.json()) == ["#/init_video"]
    assert not lies(world, here)

    assert world.send(late, VIDEO).status_code == 200

    until(lambda: not lies(world, late))


def test_an_upload_that_is_in_use_is_not_given_up(patient: World) -> None:
    reserved = patient.reserve("init_video", VIDEO)
    path = f"/v1/uploads/{reserved['upload_id']}"
    body = patient.request(init_video=reserved["source"])
    job_id = patient.create(body)["job_id"]

    refused = patient.call("DELETE", path)
    patient.call("POST", f"/v1/jobs/{job_id}/cancel")

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert patient.call("DELETE", path).status_code == 204


def test_at_most_twenty_jobs_name_one_upload(patient: World) -> None:
    video = patient.reserve("init_video", VIDEO)["source"]
    body = {"init_video": video, "consent": CONSENT} | dict.fromkeys(
        ("init_image", "reference_image"), "https://media.example.com/i.png"
    )
    jobs = [patient.create(body)["job_id"] for _ in range(20)]

    answer = patient.call("POST", "/v1/jobs", json=body)

    assert (answer.status_code, pointers(answer.json())) == (422, ["#/init_video"])
    assert "20 jobs" in answer.json()["errors"][0]["detail"]
    for job_id in jobs:
        patient.call("DELETE", f"/v1/jobs/{job_id}")


def test_an_unknown_route_is_the_gateway_s_own_404(world: World) -> None:
    answer = world.call("GET", "/v1/nothing")

    assert (answer.status_code, set(answer.json())) == (404, {"message"})


def test_a_browser_of_an_allowed_origin_may_ask(world: World) -> None:
    headers = {"origin": "http://127.0.0.1", "access-control-request-method": "POST",
               "access-control-request-headers": "authorization,content-type,idempotency-key"}  # fmt: skip

    answer = world.call("OPTIONS", "/v1/jobs", headers=headers, token="")

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1"
    allowed = set(answer.headers["access-control-allow-headers"].lower().split(","))
    tracing = {"traceparent", "tracestate", "baggage", "sentry-trace"}
    assert {
        "authorization",
        "content-type",
        "idempotency-key",
        "if-none-match",
    } | tracing <= allowed


def test_what_only_the_caller_may_see_is_kept_by_nobody_else(world: World) -> None:
    upload = {"purpose": "init_video", "content_type": "video/mp4", "size": 5}
    reserved = world.call("POST", "/v1/uploads", json=upload)
    job = world.final(world.create()["job_id"])
    path = f"/v1/jobs/{job['job_id']}"
    signed = [reserved, world.call("GET", f"{path}/result")]
    private = [
        world.call("GET", f"/v1/uploads/{reserved.json()['upload_id']}"),
        world.call("GET", path),
        world.call("GET", path, headers={"if-none-match": "*"}),
        world.call("GET", "/v1/jobs"),
        world.call("POST", f"{path}/cancel"),
        world.call("POST", "/v1/jobs", json={}),
        world.call("GET", "/v1/jobs/job_x"),
        world.call("DELETE", path),
    ]

    assert {answer.headers["cache-control"] for answer in signed} == {"no-store"}
    assert {answer.headers["cache-control"] for answer in private} == {"private, no-cache"}


@pytest.mark.parametrize(
    ("purpose", "written", "plain"),
    [
        ("init_video", 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"', "video/mp4"),
        ("init_video", "VIDEO/MP4", "video/mp4"),
        ("init_video", "video/x-m4v", "video/mp4"),
        ("init_video", "video/webm;codecs=vp9", "video/webm"),
        ("init_image", "image/jpg", "image/jpeg"),
        ("reference_image", " Image/PJPEG ; q=1", "image/jpeg"),
    ],
)
def test_media_types_are_read_as_browsers_and_phones_write_them(
    world: World, purpose: str, written: str, plain: str
) -> None:
    reserved = world.reserve(purpose, VIDEO, content_type=written)

    assert reserved["content_type"] == plain
    assert reserved["headers"]["Content-Type"] == plain
    assert world.send(reserved, VIDEO).status_code == 200
