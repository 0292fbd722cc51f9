"""A job from upload to result, on the whole local stack, in each way it can end well."""

import json

import pytest

from local.stack.parts import PROJECT
from tests.support.steps import timed_out
from tests.support.until import until
from tests.support.webhooks import processing, token_of
from tests.support.world import PNG, VIDEO, World


def statuses(world: World, job_id: str) -> list[str]:
    """The statuses that the job went through, as its item's stream tells."""
    images = [record["NewImage"] for record in world.writes(job_id)]
    return [image["status"]["S"] for image in images if image["change"]["S"] == "status"]


def transitions(world: World, job_id: str) -> list[str]:
    """The states that the execution entered, without those that the local adaptation adds."""
    entered = [
        (event["type"], event["stateEnteredEventDetails"]["name"].partition(" (")[0])
        for event in world.ended(job_id)
        if "stateEnteredEventDetails" in event
    ]
    return [name for kind, name in entered if kind != "ChoiceStateEntered" or name == "Decide"]


def test_a_job_by_webhook_costs_one_submit_one_fetch_five_transitions_and_six_writes(
    patient: World,
) -> None:
    job = patient.final(patient.create()["job_id"])

    assert job["status"] == "succeeded"
    assert statuses(patient, job["job_id"]) == ["queued", "submitting", "processing", "succeeded"]
    assert transitions(patient, job["job_id"]) == ["Submit", "Wait", "Collect", "Decide", "Done"]
    assert not any(map(timed_out, patient.steps(job["job_id"])))
    assert len(patient.writes(job["job_id"])) <= 6
    told = patient.at_provider(job["job_id"])
    assert (told["submits"], told["fetches"], len(told["webhooks"])) == (1, 1, 1)
    assert job["provider"]["request_id"] == str(told["id"])
    assert job["version"] == 4


def test_the_result_is_the_provider_s_video_and_only_its_owner_gets_a_link(world: World) -> None:
    job = world.final(world.create()["job_id"])

    link = world.call("GET", f"/v1/jobs/{job['job_id']}/result")

    assert link.status_code == 200
    assert world.http.get(link.json()["url"]).content == VIDEO
    for name in ("content_type", "size", "sha256"):
        assert job["result"][name] == link.json()[name]
    assert job["result"]["size"] == len(VIDEO)
    other = world.call("GET", f"/v1/jobs/{job['job_id']}/result", token=world.stack.other_token)
    assert other.status_code == 404


def test_without_a_webhook_looking_finishes_the_job(world: World) -> None:
    world.behave(webhook="withheld")

    job = world.final(world.create()["job_id"])

    assert job["status"] == "succeeded"
    told = world.at_provider(job["job_id"])
    assert (told["submits"], told["webhooks"]) == (1, [])
    assert told["fetches"] >= 1
    assert not [r for r in world.writes(job["job_id"]) if r["NewImage"]["change"]["S"] == "wake"]


def test_a_duplicate_webhook_changes_nothing(world: World) -> None:
    world.behave(webhook="twice")

    job = world.final(world.create()["job_id"])
    told = until(
        lambda: world.at_provider(job["job_id"]), holds=lambda told: len(told["webhooks"]) == 2
    )

    assert [webhook["http_status"] for webhook in told["webhooks"]] == [200, 200]
    assert (told["submits"], job["status"]) == (1, "succeeded")
    assert world.job(job["job_id"]) == job
    item = world.item(job["job_id"])
    assert item is not None
    assert "late_successes" not in item


def test_a_webhook_before_the_submit_is_answered_is_not_lost(patient: World) -> None:
    patient.behave(webhook="early", seconds=0.0)

    job = patient.final(patient.create()["job_id"])

    assert job["status"] == "succeeded"
    told = patient.at_provider(job["job_id"])
    assert (told["submits"], len(told["webhooks"])) == (1, 1)
    order = [record["NewImage"]["change"]["S"] for record in patient.writes(job["job_id"])]
    assert order.index("wake") < len(order) - 1 - order[::-1].index("status")
    assert transitions(patient, job["job_id"]) == ["Submit", "Wait", "Collect", "Decide", "Done"]
    assert not any(map(timed_out, patient.steps(job["job_id"])))


def test_a_submit_whose_answer_is_lost_is_found_again_by_its_webhook(world: World) -> None:
    world.behave(submit="reset", seconds=0.5)

    job = world.final(world.create()["job_id"])

    assert job["status"] == "succeeded"
    told = world.at_provider(job["job_id"])
    assert told["submits"] == 1
    assert job["provider"]["request_id"] == str(told["id"])


def test_a_submit_whose_answer_is_lost_is_never_repeated(world: World) -> None:
    world.behave(submit="reset", webhook="withheld")

    job = world.create()
    until(lambda: world.at_provider(job["job_id"]))
    events = until(
        lambda: world.steps(job["job_id"]),
        holds=lambda events: sum(timed_out(event) for event in events) >= 2,
    )

    assert events[-1]["type"] != "ExecutionSucceeded"
    assert world.job(job["job_id"])["status"] == "submitting"
    told = world.at_provider(job["job_id"])
    assert (told["submits"], told["fetches"]) == (1, 0)


def test_uploads_may_land_after_the_job_was_created(world: World) -> None:
    video = world.reserve("init_video", VIDEO)
    image = world.reserve("init_image", PNG)
    job = world.create(world.request(init_video=video["source"], init_image=image["source"]))
    assert job["status"] == "awaiting_upload"

    world.send(video, VIDEO)
    until(lambda: "landed" in (world.upload_item(video["upload_id"]) or {}))
    assert world.job(job["job_id"])["status"] == "awaiting_upload"
    world.send(image, PNG)

    assert world.final(job["job_id"])["status"] == "succeeded"
    assert statuses(world, job["job_id"])[:2] == ["awaiting_upload", "queued"]
    assert world.at_provider(job["job_id"])["submits"] == 1


def test_the_provider_s_failure_ends_the_job_with_its_words(world: World) -> None:
    body = world.request(init_video="http://127.0.0.1:9/nothing-there.mp4")
    world.behave(result="engine")

    job = world.final(world.create(body)["job_id"])

    assert job["status"] == "failed"
    assert job["error"]["type"] == "/problems/input-invalid"
    assert job["error"]["upstream"]
    answer = world.call("GET", f"/v1/jobs/{job['job_id']}/result")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")


def test_content_that_does_not_have_its_sha256_never_arrives(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO, sha256="A" * 43 + "=")

    assert world.send(reserved, VIDEO).status_code == 400

    answer = world.call("GET", f"/v1/uploads/{reserved['upload_id']}")
    assert answer.json()["status"] == "pending"


def test_a_landing_wakes_each_job_once_however_often_it_is_told(patient: World) -> None:
    patient.behave(result="canned", seconds=600)
    video = patient.reserve("init_video", VIDEO)
    body = patient.request(init_video=video["source"])
    jobs = [patient.create(body)["job_id"] for _ in range(3)]
    until(lambda: {(patient.item(job_id) or {})["change"]["S"] for job_id in jobs} == {"wait"})

    patient.send(video, VIDEO)
    until(lambda: {patient.job(job_id)["status"] for job_id in jobs} == {"processing"})
    again = [patient.send(video, VIDEO).status_code for _ in range(4)]
    event = json.loads((PROJECT / "events/jobs/object_created.json").read_text())
    event["detail"]["object"] |= {"key": f"uploads/{video['upload_id']}.mp4", "size": len(VIDEO)}
    for _ in range(4):
        patient.aws("lambda").invoke(
            FunctionName=patient.stack.functions["jobs"], Payload=json.dumps(event).encode()
        )

    assert again == [412] * 4
    item = patient.upload_item(video["upload_id"])
    assert item is not None
    assert "waiters" not in item
    for job_id in jobs:
        told = patient.at_provider(job_id)
        assert (told["submits"], told["fetches"]) == (1, 0)
        patient.call("POST", f"/v1/jobs/{job_id}/cancel")


def test_a_client_can_wait_by_etag(patient: World) -> None:
    job_id = processing(patient)

    first = patient.call("GET", f"/v1/jobs/{job_id}")
    tag = first.headers["etag"]
    again = patient.call("GET", f"/v1/jobs/{job_id}", headers={"if-none-match": f'"0", {tag}'})

    assert tag == f'"{first.json()["version"]}"'
    assert int(first.headers["retry-after"]) >= 1
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}"
    patient.call("POST", path, token="", content="{}")
    patient.final(job_id)
    changed = patient.call("GET", f"/v1/jobs/{job_id}", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert "retry-after" not in changed.headers


@pytest.mark.parametrize("part", ["key", "X-Amz-Signature"])
def test_no_item_holds_a_secret(world: World, part: str) -> None:
    job = world.final(world.create()["job_id"])

    item = world.item(job["job_id"])

    assert item is not None
    assert part not in item
    assert "X-Amz" not in str(item)
