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


def test_who_told_that_a_job_is_over_is_counted(world: World) -> None:
    before = metrics(world)
    world.final(world.create()["job_id"])
    world.behave(result="canned", seconds=0.1, webhook="withheld")
    world.final(world.create()["job_id"])

    def grown() -> set[str]:
        now = metrics(world)
        return {name for name in now if now[name] > before.get(name, 0)}

    wanted = {"JobsCreated", "FinishedByWebhook", "FinishedByPoll"}
    until(grown, holds=lambda names: names >= wanted)


def test_a_task_that_was_put_off_is_counted(world: World) -> None:
    before = metrics(world).get("PauseEntered", 0)
    event = {"task": "collect", "job_id": "job_" + "a" * 26, "paused": True}

    answer = world.aws("lambda").invoke(
        FunctionName=world.stack.functions["results"], Payload=json.dumps(event).encode()
    )

    assert json.load(answer["Payload"])["next"] == "done"
    until(lambda: metrics(world).get("PauseEntered", 0), holds=lambda now: now == before + 1)


def test_the_sweep_tells_the_age_of_the_oldest_open_job(world: World) -> None:
    world.create(world.request(init_video=world.reserve("init_video", b"x")["source"]))

    world.aws("lambda").invoke(
        FunctionName=world.stack.functions["results"], Payload=b'{"task": "sweep"}'
    )

    until(lambda: metrics(world), holds=lambda now: "OldestOpenJobSeconds" in now)
