"""What alarms look at is written by the functions."""

import json
from typing import Any

from local.stack.bring_up import STACK_NAME
from tests.support.logs import logged
from tests.support.until import until
from tests.support.world import World


def metrics(world: World) -> dict[str, float]:
    """The sum of each of our metrics over everything logged so far."""
    sums: dict[str, float] = {}
    for line in logged(world).splitlines():
        if '"_aws"' not in line:
            continue
        document: dict[str, Any] = json.loads(line)
        for group in document["_aws"]["CloudWatchMetrics"]:
            assert group["Namespace"] == f"Faceswap/{STACK_NAME}"
            for metric in group["Metrics"]:
                value = document[metric["Name"]]
                total = sum(value) if isinstance(value, list) else value
                sums[metric["Name"]] = sums.get(metric["Name"], 0) + total
    return sums


def ending(world: World) -> list[str]:
    """The jobs that are closed, and whose executions are not over; one that drains has been counted before."""
    return [name for name in world.running() if "closed_at" in (world.item(name) or {})]


def grown(world: World, before: dict[str, float]) -> set[str]:
    """Which of our metrics are more than they were."""
    now = metrics(world)
    return {name for name in now if now[name] > before.get(name, 0)}


def test_a_job_that_a_webhook_ends_is_counted_so(patient: World) -> None:
    # The task that ends a job logs it after that: none of another test's may still be at it.
    until(lambda: not ending(patient))
    before = metrics(patient)

    patient.final(patient.create()["job_id"])

    # That it is not counted as a poll's, too, tests/unit/test_finish.py shows: other tests' jobs are polled meanwhile.
    wanted = {"JobsCreated", "FinishedByWebhook"}
    until(lambda: grown(patient, before), holds=lambda names: names >= wanted)


def test_a_job_that_a_poll_ends_is_counted_so(world: World) -> None:
    before = metrics(world)
    world.behave(webhook="withheld")

    world.final(world.create()["job_id"])

    until(lambda: grown(world, before), holds=lambda names: "FinishedByPoll" in names)


def test_a_task_that_was_put_off_is_counted(world: World) -> None:
    before = metrics(world).get("PauseEntered", 0)
    event = {"task": "collect", "job_id": "job_" + "a" * 26, "paused": True}

    answer = world.aws("lambda").invoke(
        FunctionName=world.stack.functions["results"], Payload=json.dumps(event).encode()
    )

    assert json.load(answer["Payload"])["next"] == "done"
    until(lambda: metrics(world).get("PauseEntered", 0), holds=lambda now: now == before + 1)


def test_the_sweep_tells_how_late_the_most_overdue_job_is(world: World) -> None:
    world.create(world.request(init_video=world.reserve("init_video", b"x")["source"]))

    world.aws("lambda").invoke(
        FunctionName=world.stack.functions["results"], Payload=b'{"task": "sweep"}'
    )

    until(lambda: metrics(world), holds=lambda now: "OverdueSeconds" in now)
