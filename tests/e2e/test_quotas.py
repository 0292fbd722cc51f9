"""Limits, costs and the budget on the whole stack, at each door; the counters begin anew with each owner."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local.budget import raise_budget
from local.stack.bring_up import STACK_NAME
from tests.support.bus import Listener
from tests.support.inbox import Inbox
from tests.support.stacks import own_stack
from tests.support.structured import parse_list
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, World

PARAMETERS = {
    "OwnerJobsPerDay": "10",
    "OwnerOpenJobs": "40",
    "OwnerUploadBytesPerDay": "1000000",
    "OwnerRequestsPerMinute": "60",
    "PricePerJob": "0.16",
    "DailyBudget": "0.40",
    "EventsOut": "all",
    "FirstPollSeconds": "1",
    "MaxPollSeconds": "5",
}
MEDIA = dict.fromkeys(TYPES, "https://media.example.com/x.mp4")
BODY = MEDIA | {"consent": CONSENT}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack of its own, since what is limited there would limit other tests."""
    with own_stack(tmp_path_factory.mktemp("limited"), PARAMETERS) as world:
        world.behave(result="canned", seconds=0.1)
        yield world


def usage(world: World) -> dict[str, Any]:
    told: dict[str, Any] = world.call("GET", "/v1/usage").json()
    return told


def test_what_is_sent_is_settled_and_beyond_the_budget_jobs_wait_until_it_is_raised(
    limited: World,
) -> None:
    owner = limited.as_owner("spender")
    listener = Listener(limited)
    jobs = [owner.create(BODY)["job_id"] for _ in range(2)]
    ended = [owner.final(job_id) for job_id in jobs]
    cost = {"amount": "0.16", "currency": "USD", "settled": True}
    assert [(job["status"], job["cost"]) for job in ended] == [("succeeded", cost)] * 2
    told = listener.wait("Job Status Changed", job_id=jobs[0], status="succeeded")
    assert (told["cost"], told["cost_currency"], told["cost_settled"]) == ("0.16", "USD", "true")
    assert usage(owner)["spent"] == "0.32"

    waits = owner.create(BODY)["job_id"]
    until(lambda: (owner.job(waits)["notice"] or "").startswith("As much is spent today"))
    assert owner.job(waits)["status"] == "queued"
    assert limited.at_provider(waits).get("submits", 0) == 0
    assert usage(owner)["spent"] == "0.32"

    now = datetime.now(UTC)
    raise_budget(STACK_NAME, Decimal(50), limited.aws, now)

    assert owner.final(waits)["status"] == "succeeded"
    assert usage(owner)["spent"] == "0.48"


def test_of_fifty_requests_at_once_ten_get_through_and_the_rest_are_told_why(
    limited: World,
) -> None:
    owner = limited.as_owner("crowd")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: owner.call("POST", "/v1/jobs", json=BODY), range(50)))

    assert sorted(a.status_code for a in answers) == [202] * 10 + [429] * 40
    refused = next(a for a in answers if a.status_code == 429)
    assert refused.json()["type"] == "/problems/quota"
    assert refused.json()["violated-policies"] == ["day"]
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert parse_list(refused.headers["ratelimit-policy"])["day"] == {"q": 10, "w": 86_400}
    assert parse_list(refused.headers["ratelimit"])["day"]["r"] == 0
    told = owner.call("GET", "/v1/usage")
    assert told.json()["jobs"] == 10
    assert parse_list(told.headers["ratelimit"])["day"]["r"] == 0


def test_a_repeat_is_answered_at_the_limit_and_a_bad_request_tells_what_is_left(
    limited: World,
) -> None:
    owner = limited.as_owner("repeats")
    headers = {"idempotency-key": uuid4().hex}
    first = owner.call("POST", "/v1/jobs", json=BODY, headers=headers)
    assert parse_list(first.headers["ratelimit"])["day"]["r"] == 9
    bad = owner.call("POST", "/v1/jobs", json={})
    assert (bad.status_code, parse_list(bad.headers["ratelimit"])["day"]["r"]) == (422, 9)
    for _ in range(9):
        owner.create(BODY)

    again = owner.call("POST", "/v1/jobs", json=BODY, headers=headers)

    assert again.json()["job_id"] == first.json()["job_id"]
    assert owner.call("POST", "/v1/jobs", json=BODY).status_code == 429


def test_who_floods_the_door_is_told_so_and_nobody_else_is(limited: World) -> None:
    flooder, other = limited.as_owner("flood"), limited.as_owner("calm")
    began, over, answers = time.monotonic(), threading.Event(), list[httpx.Response]()

    def ask_on() -> None:
        while not over.is_set():
            answers.append(flooder.call("POST", "/v1/jobs", json={}))

    with ThreadPoolExecutor(16) as threads:
        asking = [threads.submit(ask_on) for _ in range(16)]
        try:
            until(lambda: any(answer.status_code == 429 for answer in [*answers]))
            before = len(answers)
            job = other.create(BODY)["job_id"]
            served = [other.call("GET", f"/v1/jobs/{job}").status_code for _ in range(10)]
            served += [other.call("POST", "/v1/jobs", json={}).status_code for _ in range(10)]
            meanwhile = len(answers) - before
        finally:
            over.set()
    assert [each.result() for each in asking] == [None] * 16

    assert meanwhile > 0
    assert served == [200] * 10 + [422] * 10
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {422, 429}
    assert 60 <= len(answers) - len(refused) <= 61 + time.monotonic() - began
    for answer in refused:
        assert answer.json()["type"] == "/problems/quota"
        assert answer.json()["violated-policies"] == ["minute"]
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert parse_list(answer.headers["ratelimit-policy"])["minute"] == {"q": 60, "w": 60}
    assert flooder.call("GET", "/v1/usage").json()["jobs"] == 0


def test_uploads_are_bounded_by_their_bytes(limited: World) -> None:
    owner = limited.as_owner("uploads")
    wanted = {"purpose": "init_video", "content_type": "video/mp4", "size": 600_000}
    assert owner.call("POST", "/v1/uploads", json=wanted).status_code == 201

    refused = owner.call("POST", "/v1/uploads", json=wanted)

    assert refused.status_code == 429
    assert refused.json()["violated-policies"] == ["upload-bytes"]
    assert parse_list(refused.headers["ratelimit"])["upload-bytes"]["r"] == 400_000


def test_the_bus_the_inbox_and_the_vendors_contract_say_it_in_their_own_words(
    limited: World,
) -> None:
    listener, inbox = Listener(limited), Inbox(limited)
    owner = limited
    key = owner.make_key()["key"]
    for _ in range(10):
        owner.create(BODY)

    event = listener.request({"owner": "demo", "idempotency_key": uuid4().hex} | BODY)
    refused = listener.wait("Job Refused", event_id=event)
    assert json.loads(json.dumps(refused))["problem"]["violated-policies"] == ["day"]

    inbox.put_media()
    inbox.write(inbox.request())
    assert inbox.answer()["problem"]["status"] == 429

    url = limited.stack.api_url + "/api/v6/faceswap/specific_video_swap"
    answer = limited.http.post(url, json={"key": key, **MEDIA})
    assert answer.status_code == 429
    assert answer.json()["status"] == "error"
    assert answer.json()["retry_after"] > 0
