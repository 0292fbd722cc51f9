"""Each function on each file in events/: what changed, and that no file is without such a test."""

import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from faceswap.rules import ids
from faceswap.rules.callbacks import LONGEST_TRY, CallbackMessage, Outcome, Try
from faceswap.rules.ids import job_id_for_number
from faceswap.rules.job import Job, Result, VendorRequest
from faceswap.rules.job_media import InboxMedia, LinkedMedia, UploadedMedia
from faceswap.rules.keys import ApiKey, hash_of, new_secret
from faceswap.rules.links import input_token, result_token, webhook_token
from faceswap.rules.queue import tag_of
from faceswap.rules.uploads import Upload
from faceswap.store.admission import AdmissionStore
from faceswap.store.deliveries import DeliveryStore
from faceswap.store.dynamodb_items import attributes, plain
from faceswap.store.inbox import InboxStore
from faceswap.store.jobs import JobStore
from faceswap.store.keys import KeyStore
from faceswap.store.multipart import MultipartStore
from faceswap.store.uploads import UploadStore
from tests.support.inbox import Inbox
from tests.support.receiver import receiver
from tests.support.samples import a_job, a_key
from tests.support.until import until
from tests.support.world import VIDEO, World

EVENTS = Path(__file__).parents[2] / "events"
Check = Callable[[World, dict[str, Any]], None]
CHECKS: dict[str, Check] = {}


def sample(name: str) -> Callable[[Check], Check]:
    """The check of one file in events/."""

    def register(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return register


FILES = [str(p.relative_to(EVENTS)) for p in EVENTS.rglob("*.json")]


def test_every_file_has_a_check_and_every_check_a_file() -> None:
    files = {str(path.relative_to(EVENTS)) for path in EVENTS.rglob("*") if path.is_file()}

    assert files == set(CHECKS)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_function_does_with_each_event_what_it_promises(world: World, name: str) -> None:
    event = json.loads((EVENTS / name).read_text())

    CHECKS[name](world, event)


@pytest.mark.parametrize("prefix", ["/swap", "/prod/eu"])
@pytest.mark.parametrize(
    "name", sorted(name for name in FILES if '"routeKey"' in (EVENTS / name).read_text())
)
def test_the_same_below_a_base_path_or_a_named_stage(world: World, name: str, prefix: str) -> None:
    letter = "y" if prefix == "/swap" else "z"
    text = re.sub(
        r"((?:job|upl|key)_[a-z2-7]{22})[a-z2-7]{4}",
        rf"\g<1>{letter * 4}",
        (EVENTS / name).read_text(),
    )
    event = json.loads(text.replace("sample-1", f"sample-{letter}"))
    event["rawPath"] = prefix + event["rawPath"]
    event["requestContext"]["http"]["path"] = event["rawPath"]
    # A custom domain's mapping names the stage that it leads to; a named stage stands in the path itself.
    event["requestContext"]["stage"] = "live" if prefix == "/swap" else "prod"

    CHECKS[name](world, event)


@pytest.mark.parametrize("function", ["jobs", "results"])
@pytest.mark.parametrize("event", [{}, {"task": "other"}, {"Records": []}, {"source": "aws.s3"}])
def test_any_other_event_is_an_error(world: World, function: str, event: dict[str, Any]) -> None:
    answer = _invoke(world, function, event)

    assert answer["errorType"] == "ValueError"


@sample("jobs/post_upload.json")
def _post_upload(world: World, event: dict[str, Any]) -> None:
    status, body = _http(world, "jobs", event)

    assert status == 201
    item = world.upload_item(body["upload_id"])
    assert item is not None
    assert (item["owner"], item["purpose"]) == ({"S": "sample"}, {"S": "init_video"})
    assert int(item["ttl"]["N"]) > datetime.now(UTC).timestamp()
    assert item["key"]["S"] == f"uploads/{body['upload_id']}.mp4"
    assert body["headers"]["If-None-Match"] == "*"
    assert item["key"]["S"] in body["url"]


@sample("jobs/get_upload.json")
def _get_upload(world: World, event: dict[str, Any]) -> None:
    key = _reserve(world, event["pathParameters"]["upload_id"])

    assert _http(world, "jobs", event)[1]["status"] == "pending"
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=VIDEO)

    assert _http(world, "jobs", event) == (200, _answer(world, event) | {"size": len(VIDEO)})
    assert _answer(world, event)["status"] == "landed"


@sample("jobs/post_upload_sign.json")
def _post_upload_sign(world: World, event: dict[str, Any]) -> None:
    key = _reserve(world, event["pathParameters"]["upload_id"])

    status, body = _http(world, "jobs", event)

    assert (status, body["headers"]["If-None-Match"]) == (200, "*")
    sent = world.http.put(body["url"], headers=body["headers"], content=bytes(1048576))
    assert sent.status_code == 200
    assert world.aws("s3").head_object(Bucket=world.stack.media_bucket, Key=key)


@sample("jobs/post_upload_parts.json")
def _post_upload_parts(world: World, event: dict[str, Any]) -> None:
    _reserve(world, event["pathParameters"]["upload_id"], size=10_000_000, in_parts=True)

    status, body = _http(world, "jobs", event)

    assert (status, [part["size"] for part in body["parts"]]) == (200, [8388608, 1611392])


@sample("jobs/get_upload_parts.json")
def _get_upload_parts(world: World, event: dict[str, Any]) -> None:
    _reserve(world, event["pathParameters"]["upload_id"], in_parts=True)

    assert _http(world, "jobs", event) == (200, {"parts": []})


@sample("jobs/post_upload_complete.json")
def _post_upload_complete(world: World, event: dict[str, Any]) -> None:
    _reserve(world, event["pathParameters"]["upload_id"], in_parts=True)

    status, body = _http(world, "jobs", event)

    assert (status, body["errors"][0]["pointer"]) == (409, "#/parts/1")


@sample("jobs/post_job.json")
def _post_job(world: World, event: dict[str, Any]) -> None:
    status, body = _http(world, "jobs", event)
    again = _invoke(world, "jobs", event)

    assert (status, body["owner"], body["version"], body["status"]) == (202, "sample", 1, "queued")
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert again["headers"]["Location"] == f"{event['rawPath']}/{body['job_id']}"
    item = world.item(body["job_id"])
    assert item is not None
    assert item["consent"]["M"]["statement"] == {"S": "The people shown agreed."}
    until(lambda: world.at_provider(body["job_id"]))
    assert world.at_provider(body["job_id"])["submits"] == 1


@sample("jobs/get_job.json")
def _get_job(world: World, event: dict[str, Any]) -> None:
    _store(world, event["pathParameters"]["job_id"], status="succeeded", version=4)

    answer = _invoke(world, "jobs", event)

    body = json.loads(answer["body"])
    assert (answer["statusCode"], answer["headers"]["ETag"]) == (200, '"4"')
    assert (body["status"], body["init_video"]) == ("succeeded", "https://a.example/v.mp4")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = "somebody-else"
    assert _http(world, "jobs", event)[0] == 404


@sample("jobs/get_jobs.json")
def _get_jobs(world: World, event: dict[str, Any]) -> None:
    succeeded, failed = (ids.job_id(secrets.token_bytes(16)) for _ in range(2))
    _store(world, succeeded, status="succeeded")
    _store(world, failed, status="failed")

    status, body = _http(world, "jobs", event)

    assert (status, body["next_cursor"]) == (200, None)
    listed = [job["job_id"] for job in body["items"]]
    assert succeeded in listed
    assert failed not in listed


HOOK = {"callback": "url", "callback_url": "https://nobody.invalid/hook"}
GIVEN_UP = Outcome("exhausted")


def _tell(world: World, job_id: str) -> DeliveryStore:
    """A job of the owner `sample` whose callback was given up."""
    _queued(world, job_id, status="succeeded", closed_at=datetime.now(UTC), version=4, **HOOK)
    store = DeliveryStore(world.aws("dynamodb"), _table(world), 1)
    message = CallbackMessage(job_id=job_id, owner="sample", version=4, public_base_url="https://x")
    now = datetime.now(UTC).replace(microsecond=0)
    delivery, _ = store.begin(message, now, now + LONGEST_TRY)
    assert delivery is not None
    store.finish(delivery, Try(at=now, seconds=1, http_status=500), GIVEN_UP, now)
    return store


@sample("jobs/get_callback.json")
def _get_callback(world: World, event: dict[str, Any]) -> None:
    job_id = event["pathParameters"]["job_id"]
    _tell(world, job_id)

    status, body = _http(world, "jobs", event)

    assert (status, body["status"], body["webhook_id"]) == (200, "exhausted", f"msg_{job_id}_4")
    assert [each["http_status"] for each in body["tries"]] == [500]


@sample("jobs/post_callback.json")
def _post_callback(world: World, event: dict[str, Any]) -> None:
    job_id = event["pathParameters"]["job_id"]
    store = _tell(world, job_id)

    assert _http(world, "jobs", event)[0] == 202

    def tries() -> int:
        delivery = store.get(job_id)
        return len(delivery.log) if delivery else 0

    assert until(tries, holds=lambda count: count > 1) == 2


@sample("jobs/get_callbacks.json")
def _get_callbacks(world: World, event: dict[str, Any]) -> None:
    job_id = ids.job_id(secrets.token_bytes(16))
    _tell(world, job_id)

    listed = until(lambda: _http(world, "jobs", event)[1]["items"])

    assert job_id in [each["job_id"] for each in listed]


@sample("jobs/post_recover.json")
def _post_recover(world: World, event: dict[str, Any]) -> None:
    job_id = ids.job_id(secrets.token_bytes(16))
    store = _tell(world, job_id)

    status, body = _http(world, "jobs", event)

    assert (status, body["count"] >= 1) == (202, True)

    def tries() -> int:
        delivery = store.get(job_id)
        return len(delivery.log) if delivery else 0

    until(tries, holds=lambda count: count > 1)


@sample("jobs/get_callback_secrets.json")
def _get_callback_secrets(world: World, event: dict[str, Any]) -> None:
    status, body = _http(world, "jobs", event)

    assert status == 200
    assert body["secrets"][0]["secret"].startswith("whsec_")
    assert body["secrets"][0]["until"] is None


@sample("jobs/post_callback_secrets.json")
def _post_callback_secrets(world: World, event: dict[str, Any]) -> None:
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = (
        f"rotates-{secrets.token_hex(4)}"
    )

    first, second = _http(world, "jobs", event), _http(world, "jobs", event)

    assert (first[0], second[0]) == (201, 409)
    assert len(first[1]["secrets"]) == 2


@sample("jobs/post_key.json")
def _post_key(world: World, event: dict[str, Any]) -> None:
    answer = _invoke(world, "jobs", event)

    body = json.loads(answer["body"])
    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (201, "no-store")
    kept = KeyStore(world.aws("dynamodb"), _table(world)).get(body["key_id"])
    assert kept is not None
    assert (kept.owner, kept.hash) == ("sample", hash_of(body["key"]))


@sample("jobs/get_keys.json")
def _get_keys(world: World, event: dict[str, Any]) -> None:
    owner = f"lists-{secrets.token_hex(4)}"
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = owner
    key = _key(world, owner=owner)

    status, body = _http(world, "jobs", event)

    assert (status, [each["key_id"] for each in body["items"]]) == (200, [key.key_id])
    assert "hash" not in str(body)


@sample("jobs/delete_key.json")
def _delete_key(world: World, event: dict[str, Any]) -> None:
    key = _key(world, key_id=event["pathParameters"]["key_id"])

    answer = _invoke(world, "jobs", event)

    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert KeyStore(world.aws("dynamodb"), _table(world)).get(key.key_id) is None
    assert _http(world, "jobs", event)[0] == 404


@sample("jobs/post_vendor_swap.json")
@sample("jobs/post_vendor_swap_older.json")
def _post_vendor_swap(world: World, event: dict[str, Any]) -> None:
    secret = _vendor_key(world, event)

    status, body = _http(world, "jobs", event)
    again = _invoke(world, "jobs", event)

    assert (status, body["status"]) == (200, "processing")
    assert again["headers"]["Idempotency-Replayed"] == "true"
    family = event["rawPath"].split("/")[-2]
    assert body["fetch_result"].endswith(f"/api/v6/{family}/fetch/{body['id']}")
    item = world.item(job_id_for_number(f"of-{secret[-8:]}", body["id"]))
    assert item is not None
    assert item["vendor"]["M"]["number"] == {"N": str(body["id"])}


@sample("jobs/post_vendor_fetch.json")
@sample("jobs/post_vendor_fetch_older.json")
def _post_vendor_fetch(world: World, event: dict[str, Any]) -> None:
    secret = _vendor_key(world, event)
    assert _http(world, "jobs", event)[1] == {"status": "error", "message": "Request not found"}
    owner = f"of-{secret[-8:]}"
    job_id = job_id_for_number(owner, 298)
    _queued(world, job_id, owner=owner, vendor=VendorRequest(number=298), status="cancelled")

    status, body = _http(world, "jobs", event)

    assert (status, body["status"], body["id"]) == (200, "failed", 298)


def _vendor_key(world: World, event: dict[str, Any]) -> str:
    """The secret of a new owner's key, which stands in the event from now on; the sample's own opens nothing."""
    assert _http(world, "jobs", event)[0] == 401
    secret = new_secret(secrets.token_bytes(32))
    _key(world, secret, owner=f"of-{secret[-8:]}")
    event["body"] = json.dumps(json.loads(event["body"]) | {"key": secret})
    return secret


def _key(world: World, secret: str | None = None, **fields: Any) -> ApiKey:
    """A key of the owner `sample`, unless told otherwise."""
    key = a_key(secret or new_secret(secrets.token_bytes(32)), **({"owner": "sample"} | fields))
    KeyStore(world.aws("dynamodb"), _table(world)).create(key)
    return key


@sample("results/callback_due.json")
def _callback_due(world: World, event: dict[str, Any]) -> None:
    job_id = ids.job_id(secrets.token_bytes(16))
    with receiver() as there:
        hook = {"callback": "url", "callback_url": there.url("hook")}
        _queued(world, job_id, status="failed", closed_at=datetime.now(UTC), version=4, **hook)
        event["Records"][0]["body"] = event["Records"][0]["body"].replace("job_" + "a" * 26, job_id)

        answers = [_invoke(world, "results", event) for _ in range(2)]

        assert answers == [{"batchItemFailures": []}] * 2
        [post] = there.of("hook")
    assert post.headers["webhook-id"] == f"msg_{job_id}_4"
    item = world.aws("dynamodb").get_item(
        TableName=_table(world), Key={"pk": {"S": f"delivery#{job_id}"}}
    )["Item"]
    assert item["status"] == {"S": "delivered"}


@sample("jobs/post_cancel.json")
def _post_cancel(world: World, event: dict[str, Any]) -> None:
    job_id = _queued(world, event["pathParameters"]["job_id"])

    first, second = _invoke(world, "jobs", event), _invoke(world, "jobs", event)

    assert (first["statusCode"], second["statusCode"]) == (200, 200)
    assert json.loads(first["body"]) == json.loads(second["body"])
    item = world.item(job_id)
    assert item is not None
    assert (item["status"], item["wakeup_count"]) == ({"S": "cancelled"}, {"N": "1"})
    assert "open" in item  # its execution closes it


@sample("jobs/delete_job.json")
def _delete_job(world: World, event: dict[str, Any]) -> None:
    job_id = event["pathParameters"]["job_id"]
    key = f"results/{job_id}/1.mp4"
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=VIDEO)
    result = Result(key=key, size=len(VIDEO), sha256="s")
    _store(world, job_id, status="succeeded", result=result, client_reference="mine")

    assert _invoke(world, "jobs", event)["statusCode"] == 204

    assert not world.aws("s3").list_objects_v2(Bucket=world.stack.media_bucket, Prefix=key)[
        "KeyCount"
    ]
    item = world.item(job_id)
    assert item is not None
    assert {"result", "client_reference", "listed"}.isdisjoint(item)
    assert item["media"] == {"M": {}}
    assert _invoke(world, "jobs", event)["statusCode"] == 404


@sample("jobs/get_result.json")
def _get_result(world: World, event: dict[str, Any]) -> None:
    key = f"results/{event['pathParameters']['job_id']}/1.mp4"
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=VIDEO)
    result = Result(key=key, size=len(VIDEO), sha256="s")
    _store(world, event["pathParameters"]["job_id"], status="succeeded", result=result)

    status, body = _http(world, "jobs", event)

    assert status == 200
    assert httpx.get(body["url"], trust_env=False).content == VIDEO
    world.aws("s3").delete_object(Bucket=world.stack.media_bucket, Key=key)
    status, body = _http(world, "jobs", event)
    assert (status, body["type"]) == (410, "/problems/gone")


@sample("jobs/get_openapi.json")
def _get_openapi(world: World, event: dict[str, Any]) -> None:
    status, body = _http(world, "jobs", event)

    assert (status, body["openapi"]) == (200, "3.1.0")
    assert body["servers"] == [{"url": _base_path(event) or "/"}]


@sample("jobs/get_docs.json")
def _get_docs(world: World, event: dict[str, Any]) -> None:
    answer = _invoke(world, "jobs", event)

    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/html")
    assert "swagger" in answer["body"].lower()
    assert f'"url": "{_base_path(event) or "/"}"' in answer["body"]


@sample("jobs/object_created.json")
def _object_created(world: World, event: dict[str, Any]) -> None:
    upload_id = event["detail"]["object"]["key"].rpartition("/")[2].removesuffix(".mp4")
    key = _reserve(world, upload_id)
    media = dict(a_job().media) | {"init_video": UploadedMedia(key=key)}
    waiting = _queued(world, "job_landed" + "a" * 20, status="awaiting_upload", media=media)
    UploadStore(world.aws("dynamodb"), _table(world)).add_user(upload_id, waiting, waits=True)

    assert _invoke(world, "jobs", event) is None
    assert _invoke(world, "jobs", event) is None

    item = world.item(waiting)
    assert item is not None
    assert (item["wakeup_count"], item["change"]) == ({"N": "1"}, {"S": "wake"})
    landed = world.upload_item(upload_id)
    assert landed is not None
    assert landed["landed"]["M"]["size"] == {"N": str(event["detail"]["object"]["size"])}
    event["detail"]["object"]["key"] = "uploads/upl_unknown.mp4"
    assert _invoke(world, "jobs", event) is None
    assert world.item(waiting) == item


@sample("jobs/manifest_created.json")
def _manifest_created(world: World, event: dict[str, Any]) -> None:
    inbox = Inbox(world, owner="sample", folder=f"a b-{secrets.token_hex(4)}")
    landed, name = event["detail"]["object"], "order+1"
    inbox.put("clip.tmp", b"")  # nobody's
    # The bucket's own event of the writing comes, too, before or after, by another number: one job for the key.
    body = inbox.request(idempotency_key=secrets.token_hex(8))
    stored = world.aws("s3").put_object(
        Bucket=world.stack.media_bucket, Key=inbox.key(f"{name}.x"), Body=json.dumps(body)
    )
    landed |= {"key": inbox.key(f"{name}.job.json"), "etag": stored["ETag"].strip('"')}
    inbox.write(body, f"{name}.job.json")

    for _ in range(2):
        assert _invoke(world, "jobs", event) is None

    assert len(until(inbox.jobs)) == 1


@sample("jobs/inbox_file_created.json")
def _inbox_file_created(world: World, event: dict[str, Any]) -> None:
    key, store = event["detail"]["object"]["key"], InboxStore(world.aws("dynamodb"), _table(world))
    media = dict(a_job().media) | {"init_video": InboxMedia(key=key)}
    waiting = _queued(world, "job_inbox" + "a" * 21, status="awaiting_upload", media=media)
    later = datetime.now(UTC) + timedelta(days=1)
    store.add_user(key, waiting, waits=True, forget_at=later)
    # Its own event wakes the job, too, if it comes late.
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=VIDEO)

    assert _invoke(world, "jobs", event) is None
    assert _invoke(world, "jobs", event) is None

    item = world.item(waiting)
    assert item is not None
    assert int(item["wakeup_count"]["N"]) in {1, 2}
    assert item["change"] == {"S": "wake"}
    assert store.waiters(key) == frozenset()


@sample("jobs/job_requested.json")
def _job_requested(world: World, event: dict[str, Any]) -> None:
    assert _invoke(world, "jobs", event) is None
    assert _invoke(world, "jobs", event) is None

    item = world.item(ids.job_id_for_key("sample", "order-4711"))
    assert item is not None
    assert (item["callback"], item["reference"]) == ({"S": "event"}, {"S": "order 4711"})
    event["detail"] = {}
    assert _invoke(world, "jobs", event) is None


@sample("jobs/job_inserted.json")
def _job_inserted(world: World, event: dict[str, Any]) -> None:
    job_id = event["Records"][0]["dynamodb"]["NewImage"]["job_id"]["S"]

    assert _invoke(world, "jobs", event) is None
    assert _invoke(world, "jobs", event) is None

    executions = world.aws("stepfunctions").list_executions(
        stateMachineArn=world.stack.state_machine_arn, maxResults=1000
    )
    assert [e["name"] for e in executions["executions"]].count(job_id) == 1
    event["Records"][0]["eventName"] = "MODIFY"
    event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] = "job#job_never"
    assert _invoke(world, "jobs", event) is None
    assert "job_never" not in str(
        world.aws("stepfunctions").list_executions(stateMachineArn=world.stack.state_machine_arn)
    )


@sample("jobs/submit.json")
def _submit(world: World, event: dict[str, Any]) -> None:
    job_id = _queued(world, event["job_id"])
    world.behave(webhook="withheld")

    first, second = _invoke(world, "jobs", event), _invoke(world, "jobs", event)

    assert set(first) == set(second) == {"next", "poll_after", "wakeup_count", "due_at"}
    assert (first["wakeup_count"], first["poll_after"] >= 1) == (0, True)
    told = world.at_provider(job_id)
    assert told["submits"] == 1
    item = world.item(job_id)
    assert item is not None
    assert (item["status"], item["request_id"]) == ({"S": "processing"}, {"S": str(told["id"])})


@sample("jobs/send_queued.json")
def _send_queued(world: World, event: dict[str, Any]) -> None:
    job_id = _queued(world, "job_queuedaaaaaaaaaaaaaaaaaaaa")
    world.behave(webhook="withheld")
    jobs, table = JobStore(world.aws("dynamodb"), _table(world)), _table(world)
    job = jobs.get(job_id)
    assert job is not None
    assert jobs.note(job, queue_tag=tag_of(0, job.created_at))
    AdmissionStore(world.aws("dynamodb"), table, 1).mark(datetime.now(UTC))

    for _ in range(2):
        assert _invoke(world, "jobs", event) is None

    until(lambda: world.item(job_id) or {}, holds=lambda item: "request_id" in item)
    assert world.at_provider(job_id)["submits"] == 1


@sample("results/collect.json")
def _collect(world: World, event: dict[str, Any]) -> None:
    job_id = _queued(world, event["job_id"])
    world.behave(webhook="withheld", seconds=0.0)
    submit = json.loads((EVENTS / "jobs/submit.json").read_text()) | {"job_id": job_id}
    _invoke(world, "jobs", submit)
    until(lambda: world.at_provider(job_id)["status"], holds=lambda status: status == "success")

    turn = _invoke(world, "results", event)

    assert turn["next"] == "done"
    assert world.at_provider(job_id)["fetches"] == 1
    item = world.item(job_id)
    assert item is not None
    assert item["status"] == {"S": "succeeded"}
    key = item["result"]["M"]["key"]["S"]
    stored = world.aws("s3").get_object(Bucket=world.stack.media_bucket, Key=key)
    assert stored["Body"].read() == VIDEO
    assert _invoke(world, "results", event)["next"] == "done"
    assert world.at_provider(job_id)["fetches"] == 1


@sample("results/sweep.json")
def _sweep(world: World, event: dict[str, Any]) -> None:
    world.behave(webhook="withheld", seconds=0.0)
    job_id = world.create()["job_id"]
    until(lambda: world.at_provider(job_id).get("status"), holds=lambda status: status == "success")
    arn = world.stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    world.aws("stepfunctions").stop_execution(executionArn=f"{arn}:{job_id}")

    assert _invoke(world, "results", event) is None

    # Another execution goes on; the sweep itself asks nobody.
    assert world.final(job_id)["status"] == "succeeded"
    item = world.item(job_id)
    assert item is not None
    assert item["executions"] == {"N": "2"}
    assert world.at_provider(job_id)["submits"] == 1


@sample("results/post_webhook.json")
def _post_webhook(world: World, event: dict[str, Any]) -> None:
    job_id = event["pathParameters"]["job_id"]
    _queued(world, job_id, status="processing", request_id="298")
    assert _http(world, "results", event)[0] == 404
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["WebhookSecretArn"]
    )
    event["pathParameters"]["token"] = webhook_token(secret["SecretString"], job_id)

    assert _http(world, "results", event) == (200, {"received": True})

    item = world.item(job_id)
    assert item is not None
    assert (item["wakeup_count"], item["change"]) == ({"N": "1"}, {"S": "wake"})
    evidence = item["evidence_succeeded"]["M"]
    assert evidence["urls"]["L"] == [{"S": "https://pub-x.example.com/generations/ef3c.mp4"}]
    assert evidence["by"] == {"S": "webhook"}


@sample("jobs/get_input.json")
def _get_input(world: World, event: dict[str, Any]) -> None:
    answer = _input(world, event)

    assert httpx.get(answer["headers"]["Location"], trust_env=False).content == VIDEO


@sample("jobs/head_input.json")
def _head_input(world: World, event: dict[str, Any]) -> None:
    answer = _input(world, event)

    headers = httpx.head(answer["headers"]["Location"], trust_env=False).headers
    assert headers["content-length"] == str(len(VIDEO))


def _input(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """What is answered to whoever follows the link to an input of a job that was submitted."""
    job_id, key = event["pathParameters"]["job_id"], _reserve(world, "upl_input" + "a" * 21)
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=VIDEO)
    media = dict(a_job().media) | {"init_video": UploadedMedia(key=key)}
    _queued(world, job_id, status="processing", submitted_at=datetime.now(UTC), media=media)
    assert _http(world, "jobs", event)[0] == 404
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["WebhookSecretArn"]
    )
    event["pathParameters"]["token"] = input_token(secret["SecretString"], job_id, "init_video")

    answer: dict[str, Any] = _invoke(world, "jobs", event)

    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (302, "no-store")
    return answer


@sample("jobs/get_result_link.json")
def _get_result_link(world: World, event: dict[str, Any]) -> None:
    assert httpx.get(_result_link(world, event), trust_env=False).content == VIDEO


@sample("jobs/head_result_link.json")
def _head_result_link(world: World, event: dict[str, Any]) -> None:
    headers = httpx.head(_result_link(world, event), trust_env=False).headers
    assert headers["content-length"] == str(len(VIDEO))


def _result_link(world: World, event: dict[str, Any]) -> str:
    """Where whoever follows the lasting link to a result is sent."""
    job_id = event["pathParameters"]["job_id"]
    key = f"results/{job_id}/1.mp4"
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=key, Body=VIDEO)
    result = Result(key=key, size=len(VIDEO), sha256="s")
    _queued(world, job_id, status="succeeded", result=result, closed_at=datetime.now(UTC))
    assert _http(world, "jobs", event)[0] == 404
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["ReceiptSecretArn"]
    )
    event["pathParameters"]["token"] = result_token(secret["SecretString"], job_id)

    answer = _invoke(world, "jobs", event)

    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (302, "no-store")
    location: str = answer["headers"]["Location"]
    return location


def _base_path(event: dict[str, Any]) -> str:
    raw: str = event["rawPath"]
    return raw[: raw.index("/v1")]


def _invoke(world: World, function: str, event: dict[str, Any]) -> Any:
    answer = world.aws("lambda").invoke(
        FunctionName=world.stack.functions[function], Payload=json.dumps(event).encode()
    )
    return json.loads(answer["Payload"].read() or b"null")


def _http(world: World, function: str, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = _invoke(world, function, event)
    return answer["statusCode"], json.loads(answer["body"])


def _answer(world: World, event: dict[str, Any]) -> dict[str, Any]:
    return _http(world, "jobs", event)[1]


def _table(world: World) -> str:
    return world.stack.outputs["JobsTableName"]


def _reserve(world: World, upload_id: str, *, size: int = 1048576, in_parts: bool = False) -> str:
    now = datetime.now(UTC)
    record = Upload(
        upload_id=upload_id,
        owner="sample",
        purpose="init_video",
        content_type="video/mp4",
        size=size,
        key=f"uploads/{upload_id}.mp4",
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    if in_parts:
        begun = MultipartStore(world.aws("s3"), str(world.stack.media_bucket)).begin(record)
        record = record.model_copy(update={"multipart_id": begun})
    UploadStore(world.aws("dynamodb"), _table(world)).create(
        record, forget_at=now + timedelta(days=1)
    )
    return record.key


def _store(world: World, job_id: str, **fields: Any) -> Job:
    """A job that is over and closed, so that its execution ends without a wait and leaves the rest to the test."""
    job = a_job(job_id=job_id, owner="sample", **({"closed_at": datetime.now(UTC)} | fields))
    assert JobStore(world.aws("dynamodb"), _table(world)).create(job) is None
    world.ended(job_id)
    return job


def _queued(world: World, job_id: str, **fields: Any) -> str:
    """A job under way that no execution looks after."""
    _store(world, job_id, status="failed")
    now = datetime.now(UTC)
    times = {"created_at": now, "updated_at": now, "deadline_at": now + timedelta(days=1)}
    media = {name: LinkedMedia(url=f"https://a.example/{name}") for name in a_job().media}
    status = {"status": "queued", "queued_at": now, "media": media}
    job = a_job(**({"job_id": job_id, "owner": "sample"} | times | status | fields))
    item = {"pk": f"job#{job_id}", "change": "status", "open": "open"} | plain(job)
    world.aws("dynamodb").put_item(TableName=_table(world), Item=attributes(item))
    return job_id
