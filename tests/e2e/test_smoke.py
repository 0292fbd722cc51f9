"""`make smoke`, tried on the local stack: nothing may differ from the run that is kept."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.emulator.aws import CREDENTIALS
from local.smoke.__main__ import differences
from local.smoke.surroundings import leaves_room
from local.smoke.target import SmokeError, machine_token
from local.stack.bring_up import STACK_NAME
from tests.support.held import HELD, let_go
from tests.support.until import until
from tests.support.webhooks import post_success, sleeps
from tests.support.world import World

_PROJECT = Path(__file__).parents[2]
_FOLLOWS = re.compile(r" *[0-9.]+ s  [a-z]+")
"""What it says of the job's status, from when on it only waits for the end."""


def smoke(
    world: World, once_sent: Callable[[str], object] = str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run it; `once_sent` is called with the job's id when it has looked at all that is there while the job runs."""
    given = {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": world.stack.aws_endpoint_url,
        "AWS_DEFAULT_REGION": world.stack.region,
        "PYTHONPATH": f"{_PROJECT}/layers/faceswap/python:{_PROJECT}/clients/python/src",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    command = [sys.executable, "-m", "local.smoke", STACK_NAME, "--api-url", world.stack.api_url]
    told: list[str] = []
    with subprocess.Popen(
        command,
        cwd=_PROJECT,
        env=os.environ | given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert process.stderr
            for line in process.stdout:
                if _FOLLOWS.match(line) and not any(map(_FOLLOWS.match, told)):
                    [newest] = world.call("GET", "/v1/jobs?limit=1").json()["items"]
                    once_sent(newest["job_id"])
                told.append(line)
            errors = process.stderr.read()
            process.wait(600)
        finally:
            process.kill()
    return subprocess.CompletedProcess(command, process.returncode, "".join(told), errors)


def test_the_local_stack_does_not_differ_from_itself(patient: World) -> None:
    patient.behave(result="canned", webhook="withheld", seconds=0)

    def end(job_id: str) -> None:
        until(lambda: sleeps(patient, job_id))
        post_success(patient, job_id)

    told = smoke(patient, end, SMOKE_TOKEN=patient.stack.token)

    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert told.stdout.rstrip().endswith("facts, 0 differ from the local run")
    assert "succeeded" in told.stdout
    unseen = [line for line in told.stdout.splitlines() if line.startswith("not seen")]
    assert unseen == [
        "not seen  the concurrency quota: an emulator's quota is what its machine bears",
        "not seen  a metric of ours in CloudWatch: an emulator takes no metrics out of log lines",
    ]


def test_what_differs_is_told(world: World) -> None:
    world.teach({"/v1/inputs/": HELD})

    def poll(job_id: str) -> None:
        until(lambda: world.at_provider(job_id).get("fetches"))
        let_go(world)

    told = smoke(world, poll, SMOKE_TOKEN=world.stack.token)

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
