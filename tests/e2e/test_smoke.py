"""`make smoke`, tried on the local stack: nothing may differ from the run that is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.emulator.aws import CREDENTIALS
from local.smoke.__main__ import differences
from local.smoke.surroundings import leaves_room
from local.smoke.target import SmokeError, machine_token
from local.stack.bring_up import STACK_NAME
from tests.support.world import World

_PROJECT = Path(__file__).parents[2]


def smoke(world: World, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": world.stack.aws_endpoint_url,
        "AWS_DEFAULT_REGION": world.stack.region,
        "PYTHONPATH": str(_PROJECT / "layers/faceswap/python"),
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
    world.behave(result="canned", seconds=3)

    told = smoke(world, SMOKE_TOKEN=world.stack.token)

    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.rstrip().endswith("facts, 0 differ from the local run")
    assert "succeeded" in told.stdout
    unseen = [line for line in told.stdout.splitlines() if line.startswith("not seen")]
    assert unseen == [
        "not seen  the concurrency quota: an emulator's quota is what its machine bears",
        "not seen  a metric of ours in CloudWatch: an emulator takes no metrics out of log lines",
    ]


def test_what_differs_is_told(world: World) -> None:
    world.behave(result="canned", seconds=3)
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


@pytest.mark.parametrize(("quota", "right"), [(10, False), (11, True), (1000, True)])
def test_an_account_that_is_too_small_is_told(quota: int, right: bool) -> None:
    assert leaves_room(quota, {"ProviderConcurrency": "5"}) is right


def test_a_pool_without_a_client_for_machines_says_how_to_get_one() -> None:
    with pytest.raises(SmokeError, match="MachineAccess=true"):
        machine_token({"UserPoolId": "pool", "LoginUrl": "https://login.example"})


def test_a_fact_that_is_missing_or_new_differs() -> None:
    assert differences({"a": 1, "b": 2}, {"b": 2, "c": 3}) == [
        "a: 1, locally null",
        "c: null, locally 3",
    ]
