"""The inbox: whoever drops a manifest finds the answer and the video in the outbox."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from faceswap.contract.inbox import ManifestAnswer
from faceswap.rules.ids import job_id_for_key
from faceswap.rules.links import input_token, input_url
from tests.support.inbox import NAMES, Inbox
from tests.support.receiver import Reply, receiver
from tests.support.until import until
from tests.support.world import PNG, VIDEO, World


@pytest.fixture
def inbox(world: World) -> Inbox:
    return Inbox(world)


@pytest.mark.parametrize("manifest_comes", ["first", "last"])
def test_three_files_and_a_manifest_in_any_order(
    world: World, inbox: Inbox, manifest_comes: str
) -> None:
    if manifest_comes == "last":
        inbox.put_media()
    inbox.write(inbox.request(client_reference="é"))
    if manifest_comes == "first":
        [job_id] = until(inbox.jobs)
        assert world.job(job_id)["status"] == "awaiting_upload"
        inbox.put_media()

    told = inbox.answer()

    ManifestAnswer.model_validate(told)
    assert told["job"] == world.job(told["job"]["job_id"])
    assert (told["job"]["status"], told["job"]["owner"]) == ("succeeded", "demo")
    assert told["manifest"]["key"] == inbox.key("a.job.json")
    assert inbox.video() == VIDEO
    assert world.at_provider(told["job"]["job_id"])["submits"] == 1
    receipt = told["job"]["consent_receipt"]
    assert receipt["inputs"]["init_video"]["size"] == len(VIDEO)
    assert world.http.get(told["job"]["result"]["link"]).status_code == 302


def test_a_manifest_that_names_an_address_is_answered_there_too(inbox: Inbox) -> None:
    inbox.put_media()
    with receiver(lambda _path, number: Reply(500 if number == 1 else 204)) as there:
        inbox.write(inbox.request(callback={"url": there.url("hook")}))

        posts = until(lambda: there.of("hook"), holds=lambda posts: len(posts) == 2)

    assert json.loads(posts[1].body)["data"] == inbox.answer()["job"]
    assert posts[0].body == posts[1].body


@pytest.mark.parametrize(
    "name",
    [
        "a b+c%20",
        "Gr\u00f6\u00dfe",
        "Gro\u0308\u00dfe",
        "\U0001f3ac & 'x' (1)=;$@,",
        'x!"#<>[]{}^`|~',
    ],
)
def test_names_of_every_kind(inbox: Inbox, name: str) -> None:
    for purpose, plain in NAMES.items():
        inbox.put(f"{name}.{plain}", VIDEO if purpose == "init_video" else PNG)
    media = {p: f"s3:{inbox.path(f'{name}.{plain}')}" for p, plain in NAMES.items()}

    inbox.write(inbox.request(**media), f"{name}.job.json")

    told = inbox.answer(name)
    assert told["job"]["status"] == "succeeded", told
    assert inbox.video(name) == VIDEO


@pytest.mark.parametrize("way", ["copy", "multipart", "form"])
def test_files_may_come_by_any_way(world: World, inbox: Inbox, way: str) -> None:
    s3, bucket = world.aws("s3"), world.stack.media_bucket
    body = json.dumps(inbox.request()).encode()
    contents = dict.fromkeys(NAMES.values(), PNG) | {"clip.mp4": VIDEO, "a.job.json": body}
    for name, content in contents.items():
        key = inbox.key(name)
        if way == "copy":
            # As a server of SFTP does it.
            s3.put_object(Bucket=bucket, Key=key + ".filepart", Body=content)
            source = {"Bucket": bucket, "Key": key + ".filepart"}
            s3.copy_object(Bucket=bucket, Key=key, CopySource=source)
            s3.delete_object(Bucket=bucket, Key=key + ".filepart")
        elif way == "multipart":
            upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
            part = s3.upload_part(
                Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=content
            )
            parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
            s3.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload, MultipartUpload=parts
            )
        else:
            form = s3.generate_presigned_post(Bucket=bucket, Key=key)
            sent = httpx.post(
                form["url"], data=form["fields"], files={"file": content}, trust_env=False
            )
            assert sent.is_success, sent.text

    assert inbox.answer()["job"]["status"] == "succeeded"
    assert len(inbox.jobs()) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON"),
        (b"x" * 70_000, "at most 65536 bytes"),
        ({"init_video": "s3:../other/clip.mp4"}, "without .."),
        ({"init_video": None}, "not a request"),
    ],
)
def test_what_is_not_valid_is_answered_at_once(inbox: Inbox, body: Any, words: str) -> None:
    inbox.write(inbox.request(**body) if isinstance(body, dict) else body)

    told = inbox.answer()

    ManifestAnswer.model_validate(told)
    assert words in json.dumps(told["problem"])
    assert inbox.jobs() == []


def test_a_folder_of_nobody_is_answered(world: World) -> None:
    inbox = Inbox(world, owner="not an owner")
    inbox.write(inbox.request())

    assert "names no owner" in inbox.answer()["problem"]["detail"]
    assert inbox.jobs() == []


def test_another_writing_is_another_job_and_the_same_key_is_the_same(inbox: Inbox) -> None:
    inbox.put_media()
    inbox.write(inbox.request())
    first = inbox.answer()
    inbox.write(inbox.request())
    until(lambda: inbox.answer()["manifest"]["sequencer"] != first["manifest"]["sequencer"])
    assert len(inbox.jobs()) == 2

    key = uuid4().hex
    for _ in range(3):
        inbox.write(inbox.request(idempotency_key=key), "k.job.json")
    told = inbox.answer("k")
    assert told["job"]["job_id"] == job_id_for_key("demo", key)
    assert len(inbox.jobs()) == 3


def test_an_event_that_comes_late_or_again_makes_no_job(world: World, inbox: Inbox) -> None:
    inbox.put_media()
    inbox.write(inbox.request())
    told = inbox.answer()["manifest"]
    events = [told["sequencer"], "0" * 18]

    for sequencer in events:
        landed = {"key": told["key"], "size": 1, "etag": told["etag"], "sequencer": sequencer}
        event = {"source": "aws.s3", "detail-type": "Object Created", "detail": {"object": landed}}
        answer = world.aws("lambda").invoke(
            FunctionName=world.stack.functions["jobs"], Payload=json.dumps(event).encode()
        )
        assert "FunctionError" not in answer

    assert len(inbox.jobs()) == 1


def test_deleting_the_job_erases_all_of_it(world: World, inbox: Inbox) -> None:
    inbox.put_media()
    inbox.write(inbox.request())
    job_id = inbox.answer()["job"]["job_id"]
    until(inbox.video)
    assert len(inbox.keys()) == 6

    assert world.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204

    assert inbox.keys() == []
    item = world.item(job_id)
    assert item is not None
    assert inbox.folder not in json.dumps(item)


def test_the_api_takes_no_file_of_the_inbox(world: World) -> None:
    body = world.request(init_video="s3:clip.mp4")

    answer = world.call("POST", "/v1/jobs", json=body)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/init_video"]


def test_a_file_that_is_exchanged_after_it_was_sent_is_not_served(
    world: World, inbox: Inbox
) -> None:
    world.behave(result="canned", seconds=20)
    inbox.put_media()
    inbox.write(inbox.request())
    [job_id] = until(inbox.jobs)
    until(lambda: world.job(job_id)["status"], holds=lambda status: status == "processing")
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["WebhookSecretArn"]
    )["SecretString"]
    token = input_token(secret, job_id, "init_image")
    link = input_url(world.stack.api_url, job_id, token, "init_image", "png")
    assert world.http.get(world.http.get(link).headers["location"]).content == PNG

    inbox.put("face.png", PNG + b"another face")

    assert world.http.get(link).status_code == 410
    assert world.http.head(link).status_code == 410
    receipt = world.job(job_id)["consent_receipt"]
    assert receipt["inputs"]["init_image"]["size"] == len(PNG)


@pytest.mark.parametrize("slip", ["not json", "another body", "fetched and removed"])
def test_a_manifest_that_is_dropped_again_after_a_slip_is_answered_again(
    world: World, inbox: Inbox, slip: str
) -> None:
    world.behave(result="canned", seconds=0.1)
    inbox.put_media()
    good = inbox.request(idempotency_key=uuid4().hex)
    inbox.write(good)
    job_id = inbox.answer()["job"]["job_id"]
    if slip == "fetched and removed":
        s3 = world.aws("s3")
        for name in ("result.json", "mp4"):
            key = f"outbox/{inbox.owner}/{inbox.path('a')}.{name}"
            s3.delete_object(Bucket=world.stack.media_bucket, Key=key)
    else:
        inbox.write(b"{oops" if slip == "not json" else good | {"client_reference": "x"})
        until(lambda: "problem" in inbox.answer())
        assert inbox.video() is None

    inbox.write(good)

    told = until(inbox.answer, holds=lambda told: "job" in told)
    assert told["job"]["job_id"] == job_id
    assert len(inbox.jobs()) == 1
    assert inbox.video() == VIDEO


def test_deleting_the_job_leaves_what_is_for_the_next_order_and_erases_what_is_its_own(
    world: World, inbox: Inbox
) -> None:
    inbox.put_media()
    manifest = inbox.request(idempotency_key=uuid4().hex)
    inbox.write(manifest)
    job_id = inbox.answer()["job"]["job_id"]
    inbox.put("face.png", PNG + b"next order")
    tries = until(lambda: world.call("GET", f"/v1/jobs/{job_id}/callbacks").json()["tries"])
    inbox.write(json.dumps(manifest).encode() + b"\n")
    until(
        lambda: world.call("GET", f"/v1/jobs/{job_id}/callbacks").json()["tries"],
        holds=lambda made: len(made) > len(tries),
    )

    assert world.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204

    assert inbox.keys() == [inbox.key("face.png")]
    left = [item["pk"]["S"] for item in world.scanned() if inbox.folder in json.dumps(item)]
    assert left == []


def test_names_that_are_long_in_another_form_of_unicode_are_found(inbox: Inbox) -> None:
    inbox.put_media()
    name = "\uac01" * ((1024 - len(inbox.key(".mp4"))) // 3) + ".mp4"
    inbox.put(name, VIDEO)

    inbox.write(inbox.request(init_video=f"s3:{inbox.path(name)}"))

    assert inbox.answer()["job"]["status"] == "succeeded"


def test_sending_again_reaches_the_address_also_once_the_result_has_expired(
    world: World, inbox: Inbox
) -> None:
    inbox.put_media()
    with receiver(lambda _path, _number: Reply(204)) as there:
        inbox.write(inbox.request(callback={"url": there.url("hook")}))
        job_id = inbox.answer()["job"]["job_id"]
        until(lambda: there.of("hook"))
        for key, _ in world.results(job_id):
            world.aws("s3").delete_object(Bucket=world.stack.media_bucket, Key=key)

        assert world.call("POST", f"/v1/jobs/{job_id}/callbacks").status_code == 202

        posts = until(lambda: there.of("hook"), holds=lambda posts: len(posts) == 2)
    assert posts[0].body == posts[1].body
