"""Answers word for word, for chosen jobs."""

import json
from typing import Any

import httpx
import pytest

from tests.support.providers import KEY, URLS, Client
from tests.support.servers import Server
from tests.support.until import until


def teach(provider: Client, **parts: dict[str, Any]) -> httpx.Response:
    return provider.control("PUT", "scripts", json={"chosen": parts})


def chosen(provider: Client) -> httpx.Response:
    return provider.submit(init_video="https://media.example/chosen.mp4", track_id=7)


def test_a_script_speaks_for_its_jobs_only_and_knows_their_id(provider: Client) -> None:
    teach(
        provider, submit={"status": 202, "body": "id=$ID track=$TRACK", "headers": {"x-odd": "1"}}
    )

    answer, other = chosen(provider), provider.submit()

    number = provider.ledger()["jobs"][0]["id"]
    assert (answer.status_code, answer.text, answer.headers["x-odd"]) == (
        202,
        f"id={number} track=7",
        "1",
    )
    assert other.json()["status"] == "processing"


def test_a_line_is_said_as_often_as_it_is_told(provider: Client) -> None:
    teach(provider, fetch={"body": "odd", "times": 2})
    number = chosen(provider).json()["id"]

    said = [provider.fetch(number).text for _ in range(3)]

    assert said[:2] == ["odd", "odd"]
    assert "status" in said[2]


def test_a_submit_may_be_refused_and_a_link_may_break_off(provider: Client) -> None:
    teach(provider, submit={"body": "no", "taken": False})
    assert chosen(provider).text == "no"
    assert (provider.ledger()["submits"], provider.ledger()["rejected"]) == (0, 1)

    teach(provider, file={"body": "abcdef", "cut": 4, "times": 1})
    (link,) = provider.over(chosen(provider).json()["id"])["output"]
    with pytest.raises(httpx.RemoteProtocolError):
        provider.http.get(link)
    assert provider.http.get(link).status_code == 200


@pytest.mark.parametrize(
    "body", [{"chosen": {"nowhere": {}}}, {"chosen": {"fetch": {"words": "x"}}}, 5]
)
def test_a_script_that_is_none_is_refused(provider: Client, body: Any) -> None:
    assert provider.control("PUT", "scripts", json=body).status_code == 422


def test_scripts_are_forgotten(provider: Client) -> None:
    teach(provider, submit={"body": "odd"})
    assert provider.control("DELETE", "scripts").status_code == 200

    assert chosen(provider).json()["status"] == "processing"


def test_an_answer_may_be_left_out_with_or_without_the_job(provider: Client) -> None:
    teach(provider, submit={"reset": True, "taken": False})
    with pytest.raises(httpx.ReadError):
        chosen(provider)
    assert provider.ledger()["submits"] == 0

    teach(provider, submit={"reset": True})
    with pytest.raises(httpx.ReadError):
        chosen(provider)
    assert provider.ledger()["submits"] == 1


def test_an_answer_may_hang(provider: Client) -> None:
    teach(provider, submit={"delay": 600, "reset": True})

    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{provider.url}/api/v6/faceswap/specific_video_swap",
            json={"key": KEY, **URLS, "init_video": "https://media.example/chosen.mp4"},
            timeout=0.3,
            trust_env=False,
        )

    until(lambda: provider.ledger()["submits"] == 1)
    assert provider.submit().status_code == 200


@pytest.mark.parametrize("part", ["fetch", "file"])
def test_a_body_may_never_end(provider: Client, part: str) -> None:
    number = chosen(provider).json()["id"]
    (link,) = provider.over(number)["output"]
    teach(provider, **{part: {"body": "begin", "endless": True}})
    path, body = (
        (f"/api/v6/faceswap/fetch/{number}", {"key": KEY}) if part == "fetch" else (link, None)
    )

    with provider.http.stream("POST" if body else "GET", path, json=body) as answer:
        chunks = answer.iter_raw()
        first = next(chunks)
        size = len(first)
        while size < 1_000_000:
            size += len(next(chunks))

    assert first.startswith(b"begin")


def test_an_endless_body_is_broken_off_in_the_end(provider: Client) -> None:
    teach(provider, file={"endless": True})
    number = chosen(provider).json()["id"]
    (link,) = provider.over(number)["output"]
    size = 0

    def drain() -> None:
        nonlocal size
        with provider.http.stream("GET", link) as answer:
            for chunk in answer.iter_raw():
                size += len(chunk)

    with pytest.raises(httpx.RemoteProtocolError):
        drain()
    assert size == 64 * 1024 * 1024


def test_webhooks_are_told_one_by_one(provider: Client, hooks: Server) -> None:
    posts = [{"body": "first"}, {}, {"delay": 0.2, "forged": True}]
    teach(provider, webhook={"posts": posts})

    number = provider.submit(
        init_video="https://media.example/chosen.mp4", webhook=f"{hooks.url}/token-12345678"
    ).json()["id"]
    until(lambda: len(provider.entry(number)["webhooks"]) == 3)

    (_, right, _, first), (_, _, _, true), (_, wrong, _, _) = hooks.requests
    assert first == b"first"
    assert json.loads(true)["id"] == number
    assert (right, wrong) == ("/token-12345678", "/token-xxxxxxxx")


def test_an_early_script_posts_before_the_submit_is_answered(
    provider: Client, hooks: Server
) -> None:
    provider.behave(seconds=0.2)
    teach(provider, webhook={"posts": [{}], "early": True})

    provider.submit(init_video="https://media.example/chosen.mp4", webhook=f"{hooks.url}/early")

    assert len(hooks.requests) == 1
