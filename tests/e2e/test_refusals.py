"""What is refused, and that a refusal leaves nothing behind. Each row of what does not validate: tests/unit."""

from typing import Any

import pytest

from tests.support.world import CONSENT, PNG, VIDEO, World

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
        Bucket=world.stack.media_bucket, Prefix=reserved["fields"]["key"]
    )
    return bool(found["KeyCount"])


def test_the_presigned_form_refuses_what_was_not_declared(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO)

    assert world.send(reserved, VIDEO + b"x").status_code == 400
    assert world.send(reserved, b"").status_code == 400
    assert world.send(reserved, VIDEO, **{"Content-Type": "text/html"}).status_code == 403
    assert world.send(reserved, VIDEO, key="uploads/upl_x.mp4").status_code == 403
    assert not lies(world, reserved)
    assert world.send(reserved, VIDEO).status_code == 204
    assert lies(world, reserved)


def test_an_upload_tells_whether_it_has_landed(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO + bytes(10))
    path = f"/v1/uploads/{reserved['upload_id']}"

    before = world.call("GET", path).json()
    world.send(reserved, VIDEO)
    after = world.call("GET", path).json()

    assert (before["status"], before["size"]) == ("pending", len(VIDEO) + 10)
    assert (after["status"], after["size"]) == ("landed", len(VIDEO))
    assert {"url", "fields", "method"}.isdisjoint(after)
    assert reserved["fields"]["Content-Type"] == "video/mp4"


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
    assert reserved["fields"]["Content-Type"] == plain
    assert world.send(reserved, VIDEO).status_code == 204
