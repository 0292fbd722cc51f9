"""Ending, erasing and listing jobs."""

from typing import Any

from faceswap.rules import ids
from tests.support.steps import timed_out
from tests.support.webhooks import processing, token_of
from tests.support.world import PNG, TYPES, VIDEO, World

URLS = {name: f"https://media.example.com/{name}" for name in TYPES}


def objects(world: World, prefix: str) -> list[str]:
    listed = world.aws("s3").list_objects_v2(Bucket=world.stack.media_bucket, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def test_a_running_job_is_cancelled_at_once_and_for_good(patient: World) -> None:
    job_id = processing(patient)

    first = patient.call("POST", f"/v1/jobs/{job_id}/cancel")
    again = patient.call("POST", f"/v1/jobs/{job_id}/cancel")

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert "billed" in first.json()["notice"]
    assert again.json() == first.json()
    events = patient.ended(job_id)
    assert not any(map(timed_out, events))
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}"
    late = {
        "status": "success",
        "id": 1,
        "track_id": ids.track_id(job_id),
        "output": ["https://a.example/v.mp4"],
    }
    assert patient.call("POST", path, token="", json=late).status_code == 200
    assert patient.job(job_id) == first.json()
    item = patient.item(job_id)
    assert item is not None
    assert item["late_successes"] == {"N": "1"}


def test_a_job_that_is_over_cannot_be_cancelled(world: World) -> None:
    job = world.final(world.create()["job_id"])

    answer = world.call("POST", f"/v1/jobs/{job['job_id']}/cancel")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")


def test_a_job_that_waits_for_its_upload_is_cancelled_without_a_bill(world: World) -> None:
    reserved = world.reserve("init_video", VIDEO)
    job = world.create(world.request(init_video=reserved["source"]))

    cancelled = world.call("POST", f"/v1/jobs/{job['job_id']}/cancel").json()
    world.send(reserved, VIDEO)

    assert (cancelled["status"], cancelled["notice"]) == ("cancelled", None)
    world.ended(job["job_id"])
    assert world.at_provider(job["job_id"]) == {}


def test_a_deleted_job_leaves_only_its_line_for_the_audit(world: World) -> None:
    shared = world.upload("init_image", PNG)
    mine = world.upload("init_video", VIDEO)
    headers = {"idempotency-key": "delete-me"}
    body = world.request(init_video=mine, init_image=shared, client_reference="holiday")
    job_id = world.final(world.create(body, headers=headers)["job_id"])["job_id"]
    other = world.final(world.create(world.request(init_image=shared))["job_id"])["job_id"]
    assert objects(world, f"results/{job_id}/")

    assert world.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204

    for method, path in (
        ("GET", f"/v1/jobs/{job_id}"),
        ("GET", f"/v1/jobs/{job_id}/result"),
        ("POST", f"/v1/jobs/{job_id}/cancel"),
        ("DELETE", f"/v1/jobs/{job_id}"),
    ):
        assert world.call(method, path).status_code == 404
    assert job_id not in str(world.call("GET", "/v1/jobs").json())
    again = world.call("POST", "/v1/jobs", json=body, headers=headers)
    assert (again.status_code, again.json()["type"]) == (410, "/problems/gone")
    assert objects(world, f"results/{job_id}/") == []
    assert objects(world, f"uploads/{mine.removeprefix('upload:')}") == []
    assert objects(world, f"uploads/{shared.removeprefix('upload:')}")
    item = world.item(job_id)
    assert item is not None
    assert "holiday" not in str(item)
    assert "consent" not in item
    assert (item["owner"], item["status"], item["provider_deletion"]) == (
        {"S": "demo"},
        {"S": "succeeded"},
        {"S": "done"},
    )
    assert world.call("DELETE", f"/v1/jobs/{other}").status_code == 204
    assert objects(world, f"uploads/{shared.removeprefix('upload:')}") == []


def test_a_running_job_is_cancelled_when_it_is_deleted(patient: World) -> None:
    job_id = processing(patient)

    assert patient.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204

    patient.ended(job_id)
    item = patient.item(job_id)
    assert item is not None
    assert item["status"] == {"S": "cancelled"}
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(patient, job_id)}"
    done = {
        "status": "success",
        "id": 1,
        "output": ["https://a.example/v.mp4"],
        "track_id": ids.track_id(job_id),
    }
    assert patient.call("POST", path, token="", json=done).status_code == 200
    assert patient.item(job_id) == item
    assert objects(patient, f"results/{job_id}/") == []


def test_another_owner_can_neither_cancel_nor_delete(world: World) -> None:
    job = world.create(URLS | {"consent": {"attested": True, "statement": "x"}})
    token = world.stack.other_token

    assert world.call("POST", f"/v1/jobs/{job['job_id']}/cancel", token=token).status_code == 404
    assert world.call("DELETE", f"/v1/jobs/{job['job_id']}", token=token).status_code == 404
    assert world.job(job["job_id"])["status"] != "cancelled"


def pages(world: World, **query: Any) -> list[list[str]]:
    found, cursor = [], None
    for _ in range(50):
        params = query | ({"cursor": cursor} if cursor else {})
        page = world.call("GET", "/v1/jobs", params=params, token=world.stack.other_token).json()
        found.append([job["job_id"] for job in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


def test_jobs_are_listed_newest_first_page_by_page(patient: World) -> None:
    patient.behave(webhook="withheld")  # none is over before it is cancelled
    body = URLS | {"consent": {"attested": True, "statement": "x"}}
    made = [patient.create(body, token=patient.stack.other_token)["job_id"] for _ in range(5)]
    answer = patient.call("POST", f"/v1/jobs/{made[1]}/cancel", token=patient.stack.other_token)
    assert answer.status_code == 200

    listed = pages(patient, limit=2)
    flat = [job_id for page in listed for job_id in page]

    assert all(len(page) <= 2 for page in listed)
    assert [job_id for job_id in flat if job_id in made] == made[::-1]
    assert len(flat) == len(set(flat))
    cancelled = [
        job_id for page in pages(patient, status="cancelled", limit=100) for job_id in page
    ]
    assert [job_id for job_id in cancelled if job_id in made] == [made[1]]
    mine = patient.call("GET", "/v1/jobs", params={"limit": 100}).json()
    assert not {job["job_id"] for job in mine["items"]} & set(made)
    assert {job["owner"] for job in mine["items"]} <= {"demo"}


def test_a_list_is_asked_for_in_words_it_knows(world: World) -> None:
    for query in (
        {"limit": 0},
        {"limit": 101},
        {"status": "lost"},
        {"cursor": "AAAA"},
        {"cursor": "!"},
    ):
        answer = world.call("GET", "/v1/jobs", params=query)
        assert (query, answer.status_code) == (query, 422)
        assert next(iter(query)) in answer.json()["errors"][0]["detail"]


def test_a_cursor_of_another_owner_shows_nothing_of_theirs(world: World) -> None:
    body = URLS | {"consent": {"attested": True, "statement": "x"}}
    for _ in range(2):
        world.create(body, token=world.stack.other_token)
    theirs = world.call(
        "GET", "/v1/jobs", params={"limit": 1}, token=world.stack.other_token
    ).json()

    mine = world.call("GET", "/v1/jobs", params={"cursor": theirs["next_cursor"], "limit": 100})

    assert mine.status_code == 200
    assert {job["owner"] for job in mine.json()["items"]} <= {"demo"}
