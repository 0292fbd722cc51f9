"""The same request twice makes one job."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.world import World


def test_the_same_key_twice_at_the_same_instant_makes_one_job(world: World) -> None:
    body = world.request()
    before = world.items()

    def post(_: int) -> tuple[int, str, str | None]:
        answer = world.call("POST", "/v1/jobs", json=body, headers={"idempotency-key": "once"})
        return (
            answer.status_code,
            answer.json()["job_id"],
            answer.headers.get("idempotency-replayed"),
        )

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, range(8)))

    assert {status for status, _, _ in answers} == {202}
    assert len({job_id for _, job_id, _ in answers}) == 1
    assert sorted(str(replayed) for _, _, replayed in answers) == ["None"] + ["true"] * 7
    assert world.items() == before + 1
    assert world.final(answers[0][1])["status"] == "succeeded"
    assert world.at_provider(answers[0][1])["submits"] == 1


def test_a_repeat_shows_the_job_as_it_is_now(world: World) -> None:
    body = world.request()
    headers = {"idempotency-key": "again"}
    first = world.call("POST", "/v1/jobs", json=body, headers=headers)
    job = world.final(first.json()["job_id"])

    again = world.call("POST", "/v1/jobs", json=body, headers=headers)

    assert again.status_code == 202
    assert again.json() == job
    assert again.headers["location"] == first.headers["location"] == f"/v1/jobs/{job['job_id']}"


def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    body = world.request()
    headers = {"idempotency-key": "mismatch"}
    job = world.create(body, headers=headers)
    before = world.items()

    answer = world.call("POST", "/v1/jobs", json=body | {"watermark": False}, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-mismatch")
    assert world.items() == before
    assert world.final(job["job_id"])["watermark"] is True


def test_another_owner_s_same_key_is_another_job(world: World) -> None:
    body = dict.fromkeys(
        ("init_video", "init_image", "reference_image"), "https://media.example.com/x"
    )
    request = body | {"consent": {"attested": True, "statement": "x"}}
    headers = {"idempotency-key": "shared"}

    mine = world.create(request, headers=headers)
    theirs = world.create(request, headers=headers, token=world.stack.other_token)

    assert mine["job_id"] != theirs["job_id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
def test_a_key_is_1_to_255_visible_characters(world: World, key: str) -> None:
    answer = world.call("POST", "/v1/jobs", json=world.request(), headers={"idempotency-key": key})

    assert answer.status_code == 422
    assert "idempotency" in answer.json()["errors"][0]["detail"]
