"""The bus: requests for jobs come in, changes of jobs go out."""

import json
from typing import Any
from uuid import uuid4

import pytest

from faceswap.contract.events import JobStatusChanged
from faceswap.rules.ids import job_id_for_key
from tests.support.bus import Listener
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, World

CHANGED, REFUSED = "Job Status Changed", "Job Refused"
MEDIA = dict.fromkeys(TYPES, "https://media.example.com/x.mp4")


@pytest.fixture(scope="module")
def listener(session_world: World) -> Listener:
    return Listener(session_world)


def a_request(**changes: Any) -> dict[str, Any]:
    key = f"order {uuid4()}".replace(" ", "-")
    return {"owner": "demo", "idempotency_key": key, "consent": CONSENT} | MEDIA | changes


def test_an_event_makes_a_job_once_and_its_end_is_told(world: World, listener: Listener) -> None:
    world.behave(result="canned", seconds=0.1)
    body = a_request(client_reference='order "4711" é')
    job_id = job_id_for_key("demo", body["idempotency_key"])

    for _ in range(3):
        listener.request(body)

    told = listener.wait(CHANGED, job_id=job_id)
    JobStatusChanged.model_validate(told)
    job = world.job(job_id)
    assert told == {
        "event_id": f"{job_id}.{job['version']}",
        "schema_version": "1",
        "job_id": job_id,
        "owner": "demo",
        "status": "succeeded",
        "previous_status": "processing",
        "version": str(job["version"]),
        "occurred_at": job["updated_at"],
        "error_type": "",
        "idempotency_key": body["idempotency_key"],
        "client_reference": 'order "4711" é',
        "callback": "event",
    }
    assert world.at_provider(job_id)["submits"] == 1
    assert listener.details(REFUSED, idempotency_key=body["idempotency_key"]) == []


def test_the_same_key_over_http_is_the_same_job(world: World, listener: Listener) -> None:
    body = a_request()
    listener.request(body)
    job_id = job_id_for_key("demo", body["idempotency_key"])
    until(lambda: world.item(job_id))

    over_http = {name: body[name] for name in (*TYPES, "consent")}
    headers = {"idempotency-key": body["idempotency_key"]}
    answer = world.call("POST", "/v1/jobs", json=over_http, headers=headers)

    assert answer.json()["job_id"] == job_id
    assert answer.headers["idempotency-replayed"] == "true"


def test_a_failed_job_names_its_error(world: World, listener: Listener) -> None:
    failed = '{"status":"failed","id":"","message":"Failed, Try Again","output":""}'
    name = uuid4().hex
    body = a_request(init_video=f"https://media.example.com/{name}.mp4")
    job_id = job_id_for_key("demo", body["idempotency_key"])
    world.teach({name: {"fetch": {"body": failed}, "webhook": {"posts": []}}})

    listener.request(body)

    told = listener.wait(CHANGED, job_id=job_id)
    error = world.job(job_id)["error"]["type"].removeprefix("/problems/")
    assert (told["status"], told["error_type"]) == ("failed", error)


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"init_video": "http://10.0.0.1/x"}, ["#/init_video"]),
        ({"owner": "../x"}, ["#/owner"]),
        ({"owner": "h-" + "a" * 70}, ["#/owner"]),
        ({"consent": {"attested": False, "statement": "x"}}, ["#/consent/attested"]),
        ({"idempotency_key": "a b"}, ["#/idempotency_key"]),
        ({"init_image": "upload:upl_" + "a" * 26}, ["#/init_image"]),
        ({"callback": {"url": "https://10.0.0.1/x"}}, ["#/callback/url"]),
    ],
)
def test_a_request_that_is_not_valid_is_answered_on_the_bus(
    world: World, listener: Listener, change: dict[str, Any], pointers: list[str]
) -> None:
    body = a_request(**change)

    event_id = listener.request(body)

    refused = listener.wait(REFUSED, event_id=event_id)
    told = (refused["owner"], refused["idempotency_key"])
    assert told == (body["owner"], body["idempotency_key"])
    assert refused["problem"]["type"] == "/problems/invalid"
    assert [fault["pointer"] for fault in refused["problem"]["errors"]] == pointers
    assert world.item(job_id_for_key(body["owner"], body["idempotency_key"])) is None


def test_another_body_under_the_same_key_is_refused(world: World, listener: Listener) -> None:
    body = a_request()
    listener.request(body)
    until(lambda: world.item(job_id_for_key("demo", body["idempotency_key"])))

    event_id = listener.request(body | {"watermark": False})

    refused = listener.wait(REFUSED, event_id=event_id)
    assert refused["problem"]["type"] == "/problems/idempotency-mismatch"


def test_a_job_to_which_nobody_listens_says_nothing(world: World, listener: Listener) -> None:
    quiet = world.final(world.create()["job_id"])["job_id"]
    body = a_request()
    listener.request(body)
    listener.wait(CHANGED, job_id=job_id_for_key("demo", body["idempotency_key"]))

    assert listener.details(CHANGED, job_id=quiet) == []
    item = world.item(quiet)
    assert item is not None
    assert {"previous_status", "error_type", "reference", "idempotency_key"}.isdisjoint(item)


def test_every_change_goes_out_where_that_is_wanted(patient: World) -> None:
    listener = Listener(patient)
    key = str(uuid4())
    headers = {"idempotency-key": key}
    body = patient.request(client_reference="holiday")
    job_id = patient.final(patient.create(body, headers=headers)["job_id"])["job_id"]
    listener.wait(CHANGED, job_id=job_id, status="succeeded")

    told = sorted(listener.details(CHANGED, job_id=job_id), key=lambda each: int(each["version"]))

    assert [(each["previous_status"], each["status"]) for each in told] == [
        ("", "queued"),
        ("queued", "submitting"),
        ("submitting", "processing"),
        ("processing", "succeeded"),
    ]
    assert {(each["idempotency_key"], each["client_reference"]) for each in told} == {
        (key, "holiday")
    }


def test_erasure_says_nothing_and_leaves_nothing_to_be_said(patient: World) -> None:
    listener = Listener(patient)
    body = patient.request(client_reference="holiday")
    job_id = patient.final(patient.create(body)["job_id"])["job_id"]
    listener.wait(CHANGED, job_id=job_id, status="succeeded")
    before = len(listener.details(CHANGED, job_id=job_id))

    patient.call("DELETE", f"/v1/jobs/{job_id}")
    other = patient.final(patient.create()["job_id"])["job_id"]
    listener.wait(CHANGED, job_id=other, status="succeeded")

    assert len(listener.details(CHANGED, job_id=job_id)) == before
    item = patient.item(job_id)
    assert item is not None
    assert {"previous_status", "error_type", "reference", "idempotency_key"}.isdisjoint(item)
    assert "holiday" not in json.dumps(item)


def test_whoever_asks_for_what_was_made_over_http_is_told_of_the_job(
    world: World, listener: Listener
) -> None:
    body = a_request()
    over_http = {name: body[name] for name in (*TYPES, "consent")}
    headers = {"idempotency-key": body["idempotency_key"]}
    job_id = world.call("POST", "/v1/jobs", json=over_http, headers=headers).json()["job_id"]

    listener.request(body)

    told = listener.wait(REFUSED, idempotency_key=body["idempotency_key"])
    assert told["problem"]["type"] == "/problems/conflict"
    assert job_id in told["problem"]["detail"]


def test_half_a_character_is_refused(listener: Listener) -> None:
    key = f"half-{uuid4()}"

    event_id = listener.request(a_request(idempotency_key=f"{key}\ud800"))

    told = listener.wait(REFUSED, event_id=event_id)
    assert told["idempotency_key"] == f"{key}?"
    assert [fault["pointer"] for fault in told["problem"]["errors"]] == ["#/idempotency_key"]
