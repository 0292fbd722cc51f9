"""Uploads in parts on the whole local stack: by our routes, and as a library that speaks to the bucket itself."""

import base64
import hashlib
import re
from typing import Any

import httpx

from faceswap.rules.parts import PART_BYTES
from tests.support.until import until
from tests.support.world import VIDEO, World

LONG = VIDEO + (8 + PART_BYTES).to_bytes(4, "big") + b"free" + bytes(PART_BYTES)
PARTS = [LONG[:PART_BYTES], LONG[PART_BYTES:]]
COMPLETE = "<CompleteMultipartUpload>{}</CompleteMultipartUpload>"


def reserve(world: World, content: bytes = LONG, **more: Any) -> dict[str, Any]:
    """An upload that is sent in parts."""
    return world.reserve("init_video", content, method="multipart", **more)


def presigned(world: World, upload_id: str, *numbers: int) -> dict[int, str]:
    """Where each part is put."""
    path = f"/v1/uploads/{upload_id}/parts"
    answer = world.call("POST", path, json={"numbers": list(numbers)})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return {part["number"]: part["url"] for part in answer.json()["parts"]}


def arrived(world: World, upload_id: str) -> list[int]:
    listed = world.call("GET", f"/v1/uploads/{upload_id}/parts").json()["parts"]
    return [part["number"] for part in listed]


def signed(
    world: World, upload_id: str, method: str, content: bytes | str = b"", **more: Any
) -> httpx.Response:
    """What the bucket answers to a request that we sign, as Uppy asks for it."""
    answer = world.call(
        "POST", f"/v1/uploads/{upload_id}/sign", json={"method": method, "key": "a.mp4", **more}
    )
    assert answer.status_code == 200, answer.text
    asked = answer.json()
    return world.http.request(method, asked["url"], headers=asked["headers"], content=content)


def begun(world: World, reserved: dict[str, Any]) -> list[dict[str, Any]]:
    """The multipart uploads that lie in the bucket for this upload."""
    listed = world.aws("s3").list_multipart_uploads(
        Bucket=world.stack.media_bucket, Prefix=f"uploads/{reserved['upload_id']}"
    )
    found: list[dict[str, Any]] = listed.get("Uploads", [])
    return found


def test_a_job_of_a_file_in_parts_that_was_gone_on_with_after_a_break(world: World) -> None:
    sha256 = base64.b64encode(hashlib.sha256(LONG).digest()).decode()
    reserved = reserve(world, sha256=sha256)
    upload_id = reserved["upload_id"]
    job = world.create(world.request(init_video=reserved["source"]))
    assert (reserved["parts"], job["status"]) == (2, "awaiting_upload")

    first = presigned(world, upload_id, 1, 2)
    assert world.http.put(first[2], content=PARTS[1]).status_code == 200
    assert world.http.put(first[1], content=PARTS[0][:-1]).status_code == 403
    early = world.call("POST", f"/v1/uploads/{upload_id}/complete")
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (409, "#/parts/1")

    [missing] = {1, 2} - set(arrived(world, upload_id))
    url = presigned(world, upload_id, missing)[missing]
    assert world.http.put(url, content=PARTS[0]).status_code == 200
    done = [world.call("POST", f"/v1/uploads/{upload_id}/complete") for _ in range(2)]

    assert [(each.status_code, each.json()["status"]) for each in done] == [(200, "landed")] * 2
    assert done[0].json()["size"] == len(LONG)
    assert arrived(world, upload_id) == [1, 2]
    assert world.final(job["job_id"])["status"] == "succeeded"


def test_a_library_that_speaks_to_the_bucket_itself_sends_no_other_size_or_type(
    world: World,
) -> None:
    reserved = reserve(world)
    upload_id = reserved["upload_id"]
    created = signed(world, upload_id, "POST")
    found = re.search("<UploadId>(.+)</UploadId>", created.text)
    assert found
    its_own = {"uploadId": found[1]}

    refused = signed(world, upload_id, "PUT", PARTS[0] + b"x", partNumber=1, **its_own)
    sent = [
        signed(world, upload_id, "PUT", part, partNumber=number, **its_own)
        for number, part in enumerate(PARTS, 1)
    ]
    listed = signed(world, upload_id, "GET", **its_own)
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{answer.headers['etag']}</ETag></Part>"
        for number, answer in enumerate(sent, 1)
    )
    completed = signed(world, upload_id, "POST", COMPLETE.format(parts), **its_own)

    assert (created.status_code, refused.status_code, completed.status_code) == (200, 403, 200)
    assert [answer.status_code for answer in sent] == [200, 200]
    assert listed.text.count("<PartNumber>") == 2
    until(lambda: world.call("GET", f"/v1/uploads/{upload_id}").json()["status"] == "landed")
    head = world.aws("s3").head_object(
        Bucket=world.stack.media_bucket, Key=f"uploads/{upload_id}.mp4"
    )
    assert (head["ContentLength"], head["ContentType"]) == (len(LONG), "video/mp4")


def test_what_lies_there_is_not_replaced_by_parts(world: World) -> None:
    reserved = reserve(world, VIDEO)
    upload_id = reserved["upload_id"]
    url = presigned(world, upload_id, 1)[1]
    world.http.put(url, content=VIDEO)
    found = re.search("<UploadId>(.+)</UploadId>", signed(world, upload_id, "POST").text)
    assert found
    its_own = {"uploadId": found[1]}
    sent = signed(world, upload_id, "PUT", bytes(len(VIDEO)), partNumber=1, **its_own)
    part = f"<Part><PartNumber>1</PartNumber><ETag>{sent.headers['etag']}</ETag></Part>"
    body = {"method": "POST", **its_own}
    asked = world.call("POST", f"/v1/uploads/{upload_id}/sign", json=body).json()

    assert world.call("POST", f"/v1/uploads/{upload_id}/complete").status_code == 200
    second = world.http.post(asked["url"], headers=asked["headers"], content=COMPLETE.format(part))

    assert second.status_code == 412
    key = f"uploads/{upload_id}.mp4"
    stored = world.aws("s3").get_object(Bucket=world.stack.media_bucket, Key=key)
    assert stored["Body"].read() == VIDEO


def test_giving_it_up_leaves_no_part(world: World) -> None:
    reserved = reserve(world)
    upload_id = reserved["upload_id"]
    url = presigned(world, upload_id, 1)[1]
    world.http.put(url, content=PARTS[0])
    signed(world, upload_id, "POST")
    assert len(begun(world, reserved)) == 2

    assert world.call("DELETE", f"/v1/uploads/{upload_id}").status_code == 204

    assert begun(world, reserved) == []
    assert world.http.put(url, content=PARTS[0]).status_code == 404
    for method, path in (("GET", "parts"), ("POST", "complete")):
        assert world.call(method, f"/v1/uploads/{upload_id}/{path}").status_code == 404


def test_a_job_that_is_erased_before_it_was_sent_leaves_no_part(world: World) -> None:
    reserved = reserve(world)
    world.http.put(presigned(world, reserved["upload_id"], 1)[1], content=PARTS[0])
    job = world.create(world.request(init_video=reserved["source"]))

    assert world.call("DELETE", f"/v1/jobs/{job['job_id']}").status_code == 204

    assert begun(world, reserved) == []


def test_a_request_that_expired_is_signed_anew(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO)

    assert signed(world, reserved["upload_id"], "PUT", VIDEO + b"x").status_code == 403
    assert signed(world, reserved["upload_id"], "PUT", VIDEO).status_code == 200

    world.call("GET", f"/v1/uploads/{reserved['upload_id']}")
    path = f"/v1/uploads/{reserved['upload_id']}/sign"
    again = world.call("POST", path, json={"method": "PUT"})
    assert (again.status_code, again.json()["detail"]) == (
        409,
        "The file is there already. Go on with it.",
    )
