"""Each switch of the control side, and who may turn it."""

import time
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.providers import CANNED, Client
from tests.support.servers import Server, closed_port
from tests.support.until import until

WELL = {
    "webhook": "sent",
    "submit": "answered",
    "result": "engine",
    "benched": False,
    "room": None,
    "seconds": 0.0,
    "dialect": "documented",
}


def _paths(hooks: Server) -> list[str]:
    return [path for _, path, _, _ in hooks.requests]


@pytest.mark.parametrize(("word", "times"), [("sent", 1), ("withheld", 0), ("twice", 2)])
def test_a_webhook_is_sent_as_often_as_told(
    provider: Client, hooks: Server, word: str, times: int
) -> None:
    provider.behave(webhook=word)
    number = provider.accepted(webhook=f"{hooks.url}/first")["id"]
    assert provider.over(number)["status"] == "success"
    until(lambda: len(provider.entry(number)["webhooks"]) >= times)

    provider.behave(webhook="sent")
    provider.accepted(webhook=f"{hooks.url}/last")
    until(lambda: "/last" in _paths(hooks))

    assert _paths(hooks) == ["/first"] * times + ["/last"]
    bodies = {body for _, path, _, body in hooks.requests if path == "/first"}
    assert len(bodies) <= 1


def test_an_early_webhook_comes_before_the_submit_is_answered(
    provider: Client, hooks: Server
) -> None:
    provider.behave(webhook="early", seconds=0.3)
    told = provider.accepted(webhook=f"{hooks.url}/first")
    assert _paths(hooks) == ["/first"]
    assert provider.fetch(told["id"]).json()["status"] == "success"


def test_a_webhook_otherwise_comes_after_the_job(provider: Client, hooks: Server) -> None:
    provider.behave(seconds=1)
    number = provider.accepted(webhook=f"{hooks.url}/first")["id"]
    until(lambda: _paths(hooks) == ["/first"])

    (webhook,) = until(lambda: provider.entry(number)["webhooks"])
    received = datetime.fromisoformat(provider.entry(number)["received_at"])
    assert datetime.fromisoformat(webhook["at"]) - received >= timedelta(seconds=1)
    assert provider.fetch(number).json()["status"] == "success"


def test_a_reset_submit_has_no_answer_but_a_job(provider: Client, hooks: Server) -> None:
    provider.behave(submit="reset")

    with pytest.raises(httpx.ReadError):
        provider.submit(webhook=f"{hooks.url}/hook", track_id=900001)

    (entry,) = provider.ledger()["jobs"]
    assert entry["track_id"] == 900001
    assert provider.over(entry["id"])["status"] == "success"
    until(lambda: _paths(hooks) == ["/hook"])


def test_a_refused_submit_is_answered_also_when_others_are_reset(provider: Client) -> None:
    provider.behave(submit="reset")
    assert provider.submit(key="another").status_code == 401


def test_the_canned_result_needs_no_inputs_and_takes_the_seconds_told(provider: Client) -> None:
    provider.behave(seconds=0.4)
    began = time.monotonic()
    number = provider.accepted()["id"]
    (url,) = provider.over(number)["output"]
    assert time.monotonic() - began >= 0.4
    assert provider.http.get(url).content == CANNED


def test_the_engine_fetches_the_inputs(well_behaved: Client) -> None:
    nowhere = f"http://127.0.0.1:{closed_port()}/"
    assert well_behaved.over(well_behaved.accepted(init_video=nowhere)["id"])["status"] == "error"
    well_behaved.behave(result="canned")
    assert well_behaved.over(well_behaved.accepted(init_video=nowhere)["id"])["status"] == "success"


def test_a_switch_stays_until_told_otherwise(well_behaved: Client) -> None:
    well_behaved.behave(webhook="twice", seconds=1.5)
    answer = well_behaved.control("PUT", "behaviour", json={"result": "canned"})
    told = WELL | {"webhook": "twice", "seconds": 1.5, "result": "canned"}
    assert answer.json() == told
    assert well_behaved.control("GET", "behaviour").json() == told


def test_all_switches_go_back_together(well_behaved: Client) -> None:
    well_behaved.behave(webhook="early", submit="reset", result="canned", seconds=3)
    assert well_behaved.control("DELETE", "behaviour").json() == WELL
    assert well_behaved.control("GET", "behaviour").json() == WELL


@pytest.mark.parametrize(
    "wanted",
    [
        {"mood": "bad"},
        {"webhook": "never"},
        {"webhook": None},
        {"submit": True},
        {"result": ""},
        {"seconds": -1},
        {"seconds": 601},
        {"seconds": "soon"},
        {"dialect": "rude"},
        {"webhook": "twice", "seconds": -1},
        ["webhook"],
        None,
    ],
    ids=str,
)
def test_an_unknown_switch_or_value_changes_nothing(well_behaved: Client, wanted: Any) -> None:
    answer = well_behaved.control("PUT", "behaviour", json=wanted)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert well_behaved.control("GET", "behaviour").json() == WELL


def test_control_that_is_no_json_is_refused(well_behaved: Client) -> None:
    assert well_behaved.control("PUT", "behaviour", content=b"twice").status_code == 422
