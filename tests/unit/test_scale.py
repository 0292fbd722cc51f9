"""How long jobs wait by owner, simulated over the queue's real rule; and what a month needs of quotas."""

from pathlib import Path

import pytest

from local.scale.counting import Call, Cost
from local.scale.plots import plot_costs, plot_waits
from local.scale.quotas import QUOTAS, first_met, peak
from local.scale.simulation import Arrival, Discipline, arrivals, simulate

LONGEST = 600
PNG = b"\x89PNG"


def longest(discipline: Discipline, owner: str) -> float:
    jobs = arrivals({"many": 2000, "some": 20, "one": 1}, 1, seed=3)
    waits = simulate(jobs, 10, discipline)
    assert len(waits) == len(jobs)
    return max(wait.seconds for wait in waits if wait.owner == owner)


def test_who_brings_one_job_waits_for_a_turn_of_each_other_owner() -> None:
    assert longest("fair queue", "one") <= LONGEST


def test_who_brings_some_waits_for_as_many_turns_of_the_others() -> None:
    rounds = 3 * 20 / 10

    assert longest("fair queue", "some") <= (rounds + 1) * LONGEST


@pytest.mark.parametrize("owner", ["some", "one"])
def test_first_come_first_served_lets_everybody_wait_behind_the_first(owner: str) -> None:
    assert longest("first come, first served", owner) > 2000 * 60 / 10


def test_no_slot_is_idle_while_somebody_waits() -> None:
    jobs = [Arrival(0, "a", 100), Arrival(0, "a", 100), Arrival(10, "b", 100)]
    waits = simulate(jobs, 1, "fair queue")

    assert [(wait.owner, wait.seconds) for wait in waits] == [("a", 0), ("b", 90), ("a", 200)]


def test_both_disciplines_take_the_same_time_together() -> None:
    jobs = arrivals({"a": 300, "b": 30}, 1, seed=5)
    fair, served = (simulate(jobs, 4, each) for each in ("fair queue", "first come, first served"))

    ends = [max(wait.arrived + wait.seconds for wait in waits) for waits in (fair, served)]
    assert ends[0] == pytest.approx(ends[1], abs=2 * LONGEST)


def test_a_million_jobs_a_month_meet_no_quota_and_a_hundred_million_do() -> None:
    assert peak(2_592_000) == 10
    assert first_met(1_000_000) == []
    met = first_met(100_000_000)
    assert [quota.share(100_000_000) for quota in met] == sorted(
        (quota.share(100_000_000) for quota in met), reverse=True
    )
    assert any("StartExecution" in quota.name for quota in met)


def test_each_quota_has_its_page() -> None:
    assert all(quota.page.startswith("https://docs.aws.amazon.com/") for quota in QUOTAS)


def test_the_first_part_of_an_operation_ends_before_its_first_write() -> None:
    refused, written = Call("UpdateItem", writes=1, is_refused=True), Call("UpdateItem", writes=2)
    cost = Cost([refused, Call("GetItem", reads=1), written, Call("SendTaskSuccess")])

    assert cost.until_written.calls == [refused, Call("GetItem", reads=1)]
    assert (cost.requests, cost.reading, cost.reads, cost.writes) == (4, 1, 1, 3)
    assert Cost([refused]).until_written.requests == 1


def test_plots_are_written(tmp_path: Path) -> None:
    costs = {size: {"get": Cost([Call("GetItem", reads=1)])} for size in (10, 100)}
    waits = {each: simulate(arrivals({"a": 9, "b": 1}, 1, 1), 2, "fair queue") for each in "xy"}
    plot_costs(costs, tmp_path / "costs.png")
    plot_waits(waits, tmp_path / "waits.png")

    assert {path.read_bytes()[:4] for path in tmp_path.iterdir()} == {PNG}
