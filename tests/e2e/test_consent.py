"""The consent receipt: fixed when the job is sent, and what is left of the consent once the job is erased."""

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

from tests.support.world import PNG, VIDEO, World

CONSENT = {
    "attested": True,
    "statement": "Bo agreed on paper.",
    "terms": "release-form-3",
    "subject": "Bo Bloggs",
}
REFERENCE = "https://media.example.com/r.png?sig=secret"


def hashed(data: bytes) -> str:
    return b64encode(sha256(data).digest()).decode()


def keyed(world: World, text: str) -> str:
    told = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["ReceiptSecretArn"]
    )
    secret = told["SecretString"].encode()
    return b64encode(hmac.digest(secret, text.encode(), "sha256")).decode()


def order(world: World, **changes: Any) -> dict[str, Any]:
    video = world.upload("init_video", VIDEO, sha256=hashed(VIDEO))
    return world.request(init_video=video, reference_image=REFERENCE, consent=CONSENT, **changes)


def test_a_receipt_says_what_was_agreed_to_whom_and_about_which_content(world: World) -> None:
    body = order(world)
    created = world.create(body)

    job = world.final(created["job_id"])

    receipt = job["consent_receipt"]
    assert receipt["statement_sha256"] == hashed(b"Bo agreed on paper.")
    assert receipt["terms_sha256"] == hashed(b"release-form-3")
    assert receipt["subject_hmac"] == keyed(world, "subject\nBo Bloggs")
    assert receipt["caller_hmac"] == keyed(world, "caller\ndemo")
    assert receipt["attested_at"] == job["created_at"]
    assert receipt["inputs"]["init_video"] == {
        "kind": "upload", "size": len(VIDEO), "sha256": hashed(VIDEO), "etag": None,
    }  # fmt: skip
    image = receipt["inputs"]["init_image"]
    assert (image["size"], image["sha256"], bool(image["etag"])) == (len(PNG), None, True)
    reference = {"kind": "url", "url_sha256": hashed(REFERENCE.encode())}
    assert receipt["inputs"]["reference_image"] == reference
    assert receipt["result_sha256"] == job["result"]["sha256"]


def test_a_job_that_was_never_sent_has_no_receipt(world: World) -> None:
    late = world.reserve("init_image", PNG)["source"]
    job_id = world.create(order(world, init_image=late))["job_id"]

    assert world.job(job_id)["consent_receipt"] is None
    world.call("POST", f"/v1/jobs/{job_id}/cancel")
    assert world.job(job_id)["consent_receipt"] is None


def test_an_erased_job_keeps_its_receipt_and_nothing_that_can_be_read(world: World) -> None:
    job = world.final(world.create(order(world))["job_id"])

    assert world.call("DELETE", f"/v1/jobs/{job['job_id']}").status_code == 204

    item = world.item(job["job_id"])
    assert item is not None
    kept = item["erased_receipt"]["M"]
    assert kept["statement_sha256"] == {"S": hashed(b"Bo agreed on paper.")}
    assert kept["result_sha256"] == {"S": job["result"]["sha256"]}
    assert kept["inputs"]["M"]["init_video"]["M"]["sha256"] == {"S": hashed(VIDEO)}
    text = json.dumps(item)
    for plain in ("agreed", "release-form", "Bloggs", "media.example.com"):
        assert plain not in text
    assert "consent" not in item
    assert world.call("GET", f"/v1/jobs/{job['job_id']}").status_code == 404
