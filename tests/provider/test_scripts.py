"""Answers word for word, for chosen jobs."""

from typing import Any

import httpx
import pytest

from tests.provider.client import Client


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
