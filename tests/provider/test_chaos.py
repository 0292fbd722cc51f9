"""Misbehaviour by order and by chance."""

from collections import Counter
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from local.provider.chaos import Chaos
from local.provider.jobs import Customer
from local.provider.misbehaviours import ANSWERS, PART_OF, POSTS
from tests.support.providers import Client
from tests.support.servers import Server
from tests.support.until import until


def customer(number: int, *, track: bool = True) -> Customer:
    return Customer("https://media.example/v.mp4", number if track else None, number)


def let_loose(provider: Client, **chaos: Any) -> httpx.Response:
    return provider.control("PUT", "chaos", json=chaos)


def test_the_same_seed_draws_the_same_for_the_same_jobs_in_any_order() -> None:
    share = {"submit_html": 0.3, "submit_empty": 0.3}
    first, again = Chaos(seed=1, share=share), Chaos(seed=1, share=share)
    other = Chaos(seed=2, share=share)

    drawn = [first.drawn("submit", customer(n)) for n in range(50)]

    assert drawn == [again.drawn("submit", customer(n)._replace(order=999)) for n in range(50)]
    assert drawn != [other.drawn("submit", customer(n)) for n in range(50)]


@pytest.mark.parametrize("track", [True, False])
def test_each_misbehaviour_has_its_share(track: bool) -> None:
    chaos = Chaos(share={"fetch_500": 0.1, "fetch_html": 0.3, "file_cut": 1.0})

    drawn = Counter(chaos.drawn("fetch", customer(n, track=track)) for n in range(4000))

    assert abs(drawn["fetch_500"] - 400) < 80
    assert abs(drawn["fetch_html"] - 1200) < 120
    assert chaos.drawn("file", customer(1)) == "file_cut"
    assert chaos.drawn("submit", customer(1)) is None


def test_an_order_says_all_that_its_job_meets() -> None:
    chaos = Chaos(share={"fetch_500": 1.0}, orders={2: ("submit_html", "webhook_lost")})

    assert chaos.drawn("submit", customer(2)) == "submit_html"
    assert chaos.drawn("webhook", customer(2)) == "webhook_lost"
    assert chaos.drawn("fetch", customer(2)) is None
    assert chaos.drawn("fetch", customer(3)) == "fetch_500"


def test_a_hanging_answer_hangs_as_long_as_told() -> None:
    said = Chaos(hang_seconds=2).says("fetch_hangs")
    assert said is not None
    assert (said.delay, said.reset) == (2, True)


@pytest.mark.parametrize(
    "chaos",
    [
        {"share": {"unheard_of": 0.1}},
        {"orders": {1: ["unheard_of"]}},
        {"share": {"fetch_500": 0.6, "fetch_html": 0.6}},
        {"share": {"fetch_500": -0.1}},
        {"hang_seconds": 601},
        {"words": 1},
    ],
)
def test_a_chaos_that_is_none_is_refused(chaos: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Chaos.model_validate(chaos)


def test_every_part_of_the_provider_misbehaves() -> None:
    assert set(PART_OF.values()) == {"submit", "fetch", "file", "webhook"}
    assert PART_OF.keys() == ANSWERS.keys() | POSTS.keys()


def test_the_second_job_meets_what_the_second_is_to_meet(provider: Client, hooks: Server) -> None:
    assert let_loose(provider, orders={2: ["fetch_html", "webhook_twice"]}).status_code == 200
    numbers = [provider.accepted(webhook=f"{hooks.url}/{n}", track_id=n)["id"] for n in (8, 9)]
    until(lambda: len(hooks.requests) == 3)

    fetched = [provider.fetch(number).text for number in numbers]
    again = provider.fetch(numbers[1])

    assert "<html>" not in fetched[0]
    assert "<html>" in fetched[1]
    assert again.json()["status"] == "success"
    assert sorted(path for _, path, _, _ in hooks.requests) == ["/8", "/9", "/9"]
    said = provider.control("GET", "chaos").json()["said"]
    assert said == {"fetch_html": 1, "webhook_twice": 1}


def test_a_job_that_was_refused_keeps_its_place_and_is_taken_then(provider: Client) -> None:
    let_loose(provider, orders={1: ["submit_refused_rate"], 2: ["submit_refused_rate_200"]})

    answers = [provider.submit(track_id=track) for track in (5, 6, 5, 6)]

    assert [answer.status_code for answer in answers] == [429, 200, 200, 200]
    assert [answer.json()["status"] for answer in answers[1:]] == ["error", *["processing"] * 2]
    assert [job["order"] for job in provider.ledger()["jobs"]] == [1, 2]


def test_by_chance_everything_can_happen_and_a_script_goes_first(provider: Client) -> None:
    let_loose(provider, seed=7, share={"submit_rejected_200": 1.0})
    provider.control("PUT", "scripts", json={"chosen": {}})

    by_chance = provider.submit(track_id=1)
    chosen = provider.submit(init_video="https://media.example/chosen.mp4")

    assert by_chance.json()["code"] == "provider_error"
    assert chosen.json()["status"] == "processing"
    assert provider.control("GET", "chaos").json()["share"] == {"submit_rejected_200": 1.0}


def test_chaos_ends(provider: Client) -> None:
    let_loose(provider, share={"submit_html": 1.0})
    assert provider.control("DELETE", "chaos").status_code == 200
    assert provider.submit().json()["status"] == "processing"


def test_a_chaos_that_makes_no_sense_changes_nothing(provider: Client) -> None:
    assert let_loose(provider, share={"unheard_of": 1.0}).status_code == 422
    assert provider.submit().json()["status"] == "processing"
