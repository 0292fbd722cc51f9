"""`make smoke`, tried on the local stack: nothing may differ from the run that is kept."""

import os
import subprocess
import sys
from pathlib import Path

from local.emulator.aws import CREDENTIALS
from local.smoke.__main__ import differences
from local.stack.bring_up import STACK_NAME
from tests.support.world import World

_PROJECT = Path(__file__).parents[2]


def smoke(world: World, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": world.stack.aws_endpoint_url,
        "AWS_DEFAULT_REGION": world.stack.region,
        **environment,
    }
    command = [sys.executable, "-m", "local.smoke", STACK_NAME, "--api-url", world.stack.api_url]
    return subprocess.run(
        [*command, *options],
        cwd=_PROJECT,
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_the_local_stack_does_not_differ_from_itself(world: World) -> None:
    world.behave(result="canned", seconds=1)

    told = smoke(world, SMOKE_TOKEN=world.stack.token)

    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.rstrip().endswith("facts, 0 differ from the local run")
    assert "succeeded" in told.stdout


def test_what_differs_is_told(world: World) -> None:
    still = '{"status":"processing","output":"","message":"try again later."}'
    world.teach({"/v1/inputs/": {"fetch": {"body": still, "times": 1}, "webhook": {"posts": []}}})

    told = smoke(world, SMOKE_TOKEN=world.stack.token)

    assert told.returncode == 1
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("differs")]
    assert line.startswith("differs  the states of its execution: ")


def test_without_a_token_it_says_what_it_wants(world: World) -> None:
    told = smoke(world, SMOKE_TOKEN="")

    assert told.returncode == 2
    assert "set SMOKE_TOKEN" in told.stderr


def test_a_fact_that_is_missing_or_new_differs() -> None:
    assert differences({"a": 1, "b": 2}, {"b": 2, "c": 3}) == [
        "a: 1, locally null",
        "c: null, locally 3",
    ]
