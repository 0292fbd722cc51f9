"""Wrong media end a job before the provider is asked, with words for each, on the whole local stack."""

import struct

from tests.support.boxes import FTYP, MDAT, box, moov
from tests.support.pictures import png
from tests.support.world import World

HEIC = box(b"ftyp", b"heic\0\0\0\0mif1heic") + b"secret pixels" * 10
LONG = FTYP + MDAT + box(
    b"moov", box(b"mvhd", struct.pack(">B3xIIII", 0, 0, 0, 600, 600 * 192)) + moov()[8:]
)  # fmt: skip


def test_each_wrong_medium_is_told_and_the_provider_never_hears_of_it(world: World) -> None:
    body = world.request(
        init_video=world.upload("init_video", LONG),
        init_image=world.upload("init_image", HEIC),
        reference_image=world.upload("reference_image", png(64, 63)),
    )

    job = world.final(world.create(body)["job_id"])

    assert (job["status"], job["result"]) == ("failed", None)
    assert job["error"]["type"] == "/problems/input-invalid"
    assert job["error"]["errors"] == [
        {
            "pointer": "#/init_video",
            "detail": "This video is 3 min 12 s long; the provider takes 60 s.",
        },
        {
            "pointer": "#/init_image",
            "detail": "This is a photo (HEIC); JPEG, PNG and WebP are taken.",
        },
        {
            "pointer": "#/reference_image",
            "detail": "This picture has 64 x 63 pixels; each side has to have 64 to 8192.",
        },
    ]
    assert job["consent_receipt"] is None
    assert not world.at_provider(job["job_id"])


def test_parts_with_another_checksum_than_announced_are_not_sent(world: World) -> None:
    content = LONG[: len(FTYP)] + moov() + MDAT
    sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    reserved = world.reserve("init_video", content, method="multipart", sha256=sha256)
    uploads = f"/v1/uploads/{reserved['upload_id']}"
    [part] = world.call("POST", f"{uploads}/parts", json={"numbers": [1]}).json()["parts"]
    world.http.put(part["url"], content=content)
    assert world.call("POST", f"{uploads}/complete").status_code == 200

    job = world.final(world.create(world.request(init_video=reserved["source"]))["job_id"])

    assert job["error"]["errors"] == [
        {"pointer": "#/init_video", "detail": "This file has another SHA-256 than declared."}
    ]
    assert not world.at_provider(job["job_id"])


def test_a_picture_that_was_cut_off_is_told_and_the_provider_never_hears_of_it(
    world: World,
) -> None:
    whole = png(64, 64, pixels=2_000_000)
    body = world.request(
        init_image=world.upload("init_image", whole + b"old pixels behind its end"),
        reference_image=world.upload("reference_image", whole[: len(whole) // 2]),
    )

    job = world.final(world.create(body)["job_id"])

    assert job["error"]["type"] == "/problems/input-invalid"
    assert job["error"]["errors"] == [
        {"pointer": "#/reference_image", "detail": "This picture is damaged or was cut off."}
    ]
    assert not world.at_provider(job["job_id"])
