"""Jobs in all the ways in which some call to AWS is made, on a stack that notes them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from faceswap.rules.callbacks import MOST_AT_ONCE
from tests.support.bus import Listener
from tests.support.held import Held
from tests.support.inbox import Inbox
from tests.support.receiver import Reply, receiver
from tests.support.recorded import PARAMETERS, Recorded
from tests.support.until import until
from tests.support.webhooks import post_success
from tests.support.world import FINAL, PNG, TYPES, VIDEO, World

_ROOM = int(PARAMETERS["ProviderConcurrency"])
_ENDLESS = "\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat"
_LONG = 600.0


def all_lives(recorded: Recorded) -> None:
    """Each way once."""
    world = recorded.world
    for live in (
        _ends_at_once,
        _waits_for_upload_and_room,
        _breaks_off,
        _is_swept,
        _never_starts,
        _lists,
        _is_cancelled,
        _is_deleted,
        _is_requested,
        _is_told,
        _is_dropped,
        _has_a_key,
        _is_sent_in_parts,
    ):
        world.reset_provider()
        world.behave(result="canned", seconds=0.2, room=100)
        live(world)


def _ends_at_once(world: World) -> None:
    """The submit itself is answered with the result, while another job waits."""
    video = world.reserve("init_video", VIDEO)
    waits = world.create(world.request(init_video=video["source"]))
    done = {"status": "success", "id": 7, "output": ["https://media.example.com/x.mp4"]}
    job = world.create_with_script({"submit": {"body": json.dumps(done)}}, world.request())
    until(lambda: world.job(job["job_id"])["provider"]["request_id"])
    for each in (waits, job):
        world.call("POST", f"/v1/jobs/{each['job_id']}/cancel")
        world.ended(each["job_id"])


def _is_sent_in_parts(world: World) -> None:
    """Its upload is sent in parts, and put together; another one is given up."""
    for is_given_up in (False, True):
        reserved = world.reserve("init_video", VIDEO, method="multipart")
        uploads = f"/v1/uploads/{reserved['upload_id']}"
        [part] = world.call("POST", f"{uploads}/parts", json={"numbers": [1]}).json()["parts"]
        assert world.http.put(part["url"], content=VIDEO).status_code == 200
        assert world.call("GET", f"{uploads}/parts").json()["parts"]
        if is_given_up:
            assert world.call("DELETE", uploads).status_code == 204
        else:
            assert world.call("POST", f"{uploads}/complete").status_code == 200


def _waits_for_upload_and_room(world: World) -> None:
    """Its upload lands while it waits; all room is taken; the one that leaves wakes it."""
    held = Held(world)
    late = world.reserve("init_image", PNG)
    assert world.call("GET", f"/v1/uploads/{late['upload_id']}").json()["status"] == "pending"
    job = world.create(world.request(init_image=late["source"]))
    others = [held.create() for _ in range(_ROOM)]
    until(lambda: {world.job(each)["status"] for each in others} == {"processing"})
    until(lambda: (world.item(job["job_id"]) or {})["change"] == {"S": "wait"})
    world.send(late, PNG)
    until(lambda: "queue_tag" in (world.item(job["job_id"]) or {}))
    until(lambda: (world.item(job["job_id"]) or {})["change"] == {"S": "wait"})
    for each in others:
        held.let_go(each)
    for each in (job["job_id"], *others):
        assert world.final(each)["status"] == "succeeded"
    world.call("GET", f"/v1/jobs/{job['job_id']}/result")


def _breaks_off(world: World) -> None:
    """Its result is large and breaks off the first time."""
    script = {"file": {"body": _ENDLESS, "endless": True, "times": 1}}
    job = world.create_with_script(script, world.request())
    assert world.final(job["job_id"], seconds=_LONG)["status"] == "succeeded"


def _is_swept(world: World) -> None:
    """Its execution is gone, and a copy lies there that nobody knows of; the sweep sees to the job."""
    held = Held(world)
    job_id = held.create()
    until(lambda: (world.item(job_id) or {})["status"] == {"S": "processing"})
    executions = world.stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    world.aws("stepfunctions").stop_execution(executionArn=f"{executions}:{job_id}")
    forgotten = f"results/{job_id}/forgotten.mp4"
    world.aws("s3").put_object(Bucket=world.stack.media_bucket, Key=forgotten, Body=b"")
    held.let_go(job_id)
    until(lambda: _sweep(world, job_id), seconds=_LONG, every=0.5)


def _never_starts(world: World) -> None:
    """The table's stream tells nobody of it; the sweep starts it."""
    (mapping,) = world.aws("lambda").list_event_source_mappings()["EventSourceMappings"]
    world.aws("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    job_id = world.create()["job_id"]
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    world.aws("dynamodb").update_item(
        TableName=world.stack.jobs_table,
        Key={"pk": {"S": f"job#{job_id}"}},
        UpdateExpression="SET due_at = :long_ago",
        ExpressionAttributeValues={":long_ago": {"S": long_ago}},
    )
    until(lambda: _sweep(world, job_id), seconds=_LONG, every=0.5)
    world.aws("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def _sweep(world: World, job_id: str) -> bool:
    function = world.stack.functions["results"]
    world.aws("lambda").invoke(FunctionName=function, Payload=b'{"task": "sweep"}')
    return world.job(job_id)["status"] in FINAL


def _lists(world: World) -> None:
    """Jobs are listed, and one that is queued is read."""
    held = Held(world)
    jobs = [held.create() for _ in range(_ROOM + 2)]
    until(lambda: [world.job(each)["status"] for each in jobs].count("processing") == _ROOM)
    assert "queued" in {world.job(each)["status"] for each in jobs}
    world.call("GET", "/v1/jobs?limit=2")
    for each in jobs:
        held.let_go(each)
    for each in jobs:
        world.final(each)


def _is_cancelled(world: World) -> None:
    """While the provider works on it, which tells of its success all the same."""
    held = Held(world)
    job_id = held.create()
    until(lambda: world.job(job_id)["status"] == "processing")
    assert world.call("POST", f"/v1/jobs/{job_id}/cancel").status_code == 200
    post_success(world, job_id)
    held.let_go(job_id)
    until(lambda: (world.item(job_id) or {}).get("late_successes") == {"N": "1"})


def _is_requested(world: World) -> None:
    """By an event; and by one that is not valid."""
    listener = Listener(world)
    listener.wait("Job Refused", event_id=listener.request({}))


def _is_told(world: World) -> None:
    """Its owner named an address, which takes nothing; it is told again, given up, recovered, and erased meanwhile."""
    world.call("POST", "/v1/callback-secrets")
    # All his tries seem to be under way, of processes that died long ago.
    leases = {f"died_{number}": {"S": "2026-01-01T00:00:00.000Z"} for number in range(MOST_AT_ONCE)}
    slots = {"pk": {"S": "callback_slots#demo"}, "leases": {"M": leases}, "pace": {"M": {}}}
    world.aws("dynamodb").put_item(TableName=world.stack.jobs_table, Item=slots)
    with receiver(lambda _path, _number: Reply(500)) as there:
        jobs = [
            world.create(world.request(callback={"url": there.url(f"{number}")}))["job_id"]
            for number in range(MOST_AT_ONCE)
        ]
        until(
            lambda: {_callback(world, each)["status"] for each in jobs} == {"exhausted"},
            seconds=_LONG,
        )
    world.call("POST", f"/v1/jobs/{jobs[0]}/callbacks")
    until(lambda: len(_callback(world, jobs[0])["tries"]) > 3)
    answer = world.call("POST", "/v1/callbacks/recover", json={"since": "2026-01-01T00:00:00Z"})
    assert answer.status_code == 202, answer.text
    until(lambda: len(_callback(world, jobs[0])["tries"]) > 4)
    queue = world.stack.outputs["CallbackQueueUrl"]
    assert world.call("DELETE", f"/v1/jobs/{jobs[1]}").status_code == 204
    message = {"job_id": jobs[1], "owner": "demo", "version": 1, "public_base_url": "https://x"}
    world.aws("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(message))
    pk = {"pk": {"S": f"delivery#{jobs[1]}"}}
    table = world.stack.jobs_table
    until(lambda: "Item" not in world.aws("dynamodb").get_item(TableName=table, Key=pk))


def _is_dropped(world: World) -> None:
    """In the inbox, before its files; one that is not valid; and then it is erased, while it is answered again."""
    inbox = Inbox(world)
    inbox.write(inbox.request())
    until(inbox.jobs)
    inbox.put_media()
    job_id = inbox.answer()["job"]["job_id"]
    inbox.write(b"{", "bad.job.json")
    inbox.answer("bad")
    world.call("POST", f"/v1/jobs/{job_id}/callbacks")
    until(lambda: len(_callback(world, job_id)["tries"]) > 1)
    assert world.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204


def _has_a_key(world: World) -> None:
    """It is asked for by the vendor's contract; the key is listed and revoked."""
    made, urls = world.make_key(), dict.fromkeys(TYPES, "https://media.example.com/x.mp4")
    number = world.vendor("specific_video_swap", made["key"], **urls)["id"]
    until(lambda: world.vendor(f"fetch/{number}", made["key"])["output"], seconds=_LONG)
    assert world.call("GET", "/v1/keys").json()["items"]
    assert world.call("DELETE", f"/v1/keys/{made['key_id']}").status_code == 204


def _callback(world: World, job_id: str) -> dict[str, Any]:
    told: dict[str, Any] = world.call("GET", f"/v1/jobs/{job_id}/callbacks").json()
    return told


def _is_deleted(world: World) -> None:
    """With its uploads, its result, and at the provider."""
    job = world.final(world.create()["job_id"])
    assert world.call("DELETE", f"/v1/jobs/{job['job_id']}").status_code == 204
