"""The vendor's own contract on the whole stack: one job from key to video, beside what the vendor itself answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.support import provider_seed
from tests.support.receiver import Receiver, Reply, receiver
from tests.support.until import until
from tests.support.vendor import SWAP, URLS, Vendor
from tests.support.world import VIDEO, World

FAILS = '{"status":"failed","id":"","message":"Failed, Try Again","output":""}'


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    """A receiver that takes everything at once, but what goes to `/again…`."""
    with receiver(
        lambda path, number: Reply(500 if path.startswith("again") and number == 1 else 204)
    ) as there:
        yield there


@pytest.fixture
def vendor(world: World) -> Vendor:
    return Vendor(world, world.stack.api_url, world.make_key()["key"])


@pytest.fixture
def provider(world: World, work: Path) -> Vendor:
    return Vendor(world, world.stack.provider_url, (work / "provider.key").read_text().strip())


def shape(value: Any) -> Any:
    """Names and types: what two answers have to have in common."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value).__name__


def test_a_job_goes_from_a_key_to_its_video(world: World, vendor: Vendor, hooks: Receiver) -> None:
    submitted = vendor.swap(webhook=hooks.url("again-1"), track_id="900001")
    number = submitted["id"]

    fetched = vendor.over(number)

    provider_seed.check("ProcessingVideoFaceSwapResponse", submitted)
    provider_seed.check("SuccessVideoFaceSwapResponse", fetched)
    assert fetched["output"] == submitted["future_links"]
    assert world.http.get(fetched["output"][0], follow_redirects=True).content == VIDEO
    job = world.job(submitted["meta"]["file_prefix"])
    assert (job["owner"], job["status"]) == ("demo", "succeeded")
    assert job["client_reference"] == "track_id:900001"
    assert job["job_id"] in str(world.call("GET", "/v1/jobs?limit=100").json())
    posts = until(lambda: hooks.of("again-1"), holds=lambda posts: len(posts) > 1)
    assert len({(post.headers["webhook-id"], post.body) for post in posts}) == 1
    assert json.loads(posts[-1].body) == fetched | {"track_id": "900001"}
    secret = world.call("GET", "/v1/callback-secrets").json()["secrets"][0]["secret"]
    Webhook(secret).verify(posts[-1].body, posts[-1].headers)
    path = f"/v1/jobs/{job['job_id']}/callbacks"
    told = until(
        lambda: world.call("GET", path).json(), holds=lambda told: told["status"] == "delivered"
    )
    assert len(told["tries"]) == 2


def test_a_job_that_fails_is_told_in_words(world: World, vendor: Vendor, hooks: Receiver) -> None:
    script = {"fetch": {"body": FAILS}, "webhook": {"posts": []}}
    world.teach({"fails-for-the-vendor": script})
    video = "https://media.example.com/fails-for-the-vendor.mp4"

    submitted = vendor.swap(init_video=video, webhook=hooks.url("failed-1"), track_id=5)

    fetched = vendor.over(submitted["id"])
    assert fetched.pop("message").endswith("Failed, Try Again")
    assert fetched == {"status": "failed", "id": submitted["id"], "output": []}
    [post] = until(lambda: hooks.of("failed-1"))
    told = json.loads(post.body)
    assert told.pop("message").endswith("Failed, Try Again")
    assert told == {"status": "failed", "id": submitted["id"], "track_id": 5}


def test_a_job_that_its_owner_cancels_is_failed_and_one_that_he_deletes_unknown(
    world: World, vendor: Vendor
) -> None:
    world.behave(result="canned", seconds=600)
    submitted = vendor.swap()
    path = f"/v1/jobs/{submitted['meta']['file_prefix']}"

    world.call("POST", f"{path}/cancel")
    cancelled = vendor.over(submitted["id"])
    world.call("DELETE", path)

    assert (cancelled["status"], cancelled["message"]) == ("failed", "The job was cancelled.")
    assert vendor.over(submitted["id"]) == {"status": "error", "message": "Request not found"}


def test_a_key_opens_what_is_its_owner_s_until_it_is_revoked(world: World, vendor: Vendor) -> None:
    made = world.make_key()
    mine = Vendor(world, world.stack.api_url, made["key"])
    other = world.as_owner("another-shop")
    theirs = Vendor(world, world.stack.api_url, other.make_key()["key"])
    number = mine.swap()["id"]
    path = f"/api/v6/faceswap/fetch/{number}"

    assert vendor.post(path)[1]["id"] == number
    assert theirs.post(path) == (200, {"status": "error", "message": "Request not found"})
    assert world.call("DELETE", f"/v1/keys/{made['key_id']}").status_code == 204
    refused = (401, {"status": "error", "message": "Invalid API key"})
    assert mine.post(path) == mine.post(SWAP, **URLS) == refused
    token = Vendor(world, world.stack.api_url, world.stack.token)
    assert token.post(path) == refused
    assert vendor.over(number)["status"] == "success"
    listed = world.call("GET", "/v1/keys").json()["items"]
    assert made["key_id"] not in [each["key_id"] for each in listed]
    headers = {"authorization": f"Bearer {made['key']}"}
    assert world.http.get(world.stack.api_url + "/v1/jobs", headers=headers).status_code == 401


def test_answers_have_the_shapes_of_the_provider_s(
    world: World, vendor: Vendor, provider: Vendor, hooks: Receiver
) -> None:
    world.behave(result="canned", seconds=0.5, dialect="documented")
    shapes: list[dict[str, Any]] = []
    for name, server in {"ours": vendor, "theirs": provider}.items():
        asked = {"webhook": hooks.url(f"shape-{name}"), "track_id": 900001}
        submitted = server.swap(**asked)
        bare = server.swap(webhook=None, track_id=None)
        fetching = server.post(f"/api/v6/faceswap/fetch/{bare['id']}")
        fetched = server.over(submitted["id"])
        [post] = until(lambda name=name: hooks.of(f"shape-{name}"))  # type: ignore[misc]
        webhook = json.loads(post.body)
        # docs/vendor-contract.md: it has these links, too, and the track id as it was sent.
        webhook.pop("proxy_links", None)
        assert str(webhook.pop("track_id")) == "900001"
        shapes.append(
            {
                "submit": shape(submitted),
                "submit without a webhook": shape(bare),
                "fetch while it is made": shape(fetching),
                "fetch": shape(fetched),
                "webhook": shape(webhook),
                "unknown": shape(server.post("/api/v6/faceswap/fetch/1")),
                "a field is missing": shape(server.post(SWAP, init_video=URLS["init_video"])),
                "the older path": shape(
                    server.post("/api/v6/deepfake/specific_video_swap", **URLS)
                ),
            }
        )
        # In a list, so that the bodies of both are seen to have the status that goes with them.
        assert server.post("/api/v6/faceswap/fetch/1")[0] == 200
        assert server.post(SWAP, init_video=URLS["init_video"])[0] == 400

    ours, theirs = shapes
    assert ours == theirs


def test_an_irregular_success_is_no_success_to_the_client(world: World, vendor: Vendor) -> None:
    """As V21 of the provider contract, §7: a success without a link; what comes later counts."""
    empty = '{"status":"success","id":$ID,"output":[],"proxy_links":""}'
    world.teach({"irregular": {"fetch": {"body": empty, "times": 2}, "webhook": {"posts": []}}})

    submitted = vendor.swap(init_video="https://media.example.com/irregular.mp4")
    job_id = submitted["meta"]["file_prefix"]
    until(lambda: world.at_provider(job_id).get("fetches"))
    told = vendor.post(f"/api/v6/faceswap/fetch/{submitted['id']}")[1]

    if told["status"] == "processing":
        provider_seed.check("ProcessingVideoFaceSwapResponse", told)
    else:
        # The stack was quicker than this test, and has a video by now.
        assert world.results(job_id)
    assert vendor.over(submitted["id"])["status"] == "success"
