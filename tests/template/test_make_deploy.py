"""`make deploy` hands SAM all parameters of a configuration, and another id each time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import local.deploy
from local.configurations import parameters
from local.deploy import command, deploy_id, main

NOW = datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("name", ["default", "dev", "prod"])
def test_all_parameters_go_along(name: str) -> None:
    words = command(name, parameters(name), NOW)[1:]

    assert words[:4] == ["deploy", "--config-env", name, "--parameter-overrides"]
    given = dict(word.split("=", 1) for word in words[4:])
    assert given == parameters(name) | {"DeployId": "20261126T235959Z"}


def test_two_deploys_have_two_ids() -> None:
    assert deploy_id(NOW) != deploy_id(NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"QueueDeadlineSeconds": "604801"}, "UploadRetentionDays is at least 10"),
        # CloudFormation takes it for a number, and the functions would not start.
        ({"OwnerOpenJobs": "5.5"}, "OwnerOpenJobs is a whole number from 0 to 1000000, not '5.5'"),
        ({"RouteRequestsPerSecond": "1e3"}, "RouteRequestsPerSecond is a whole number"),
        ({"PricePerJob": "1e3"}, "PricePerJob must be a decimal number"),
    ],
)
def test_what_would_not_start_is_told_before_anything_is_made(
    given: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    values = parameters("default") | given
    monkeypatch.setattr(local.deploy, "configured", lambda *_: values)
    monkeypatch.setattr(local.deploy, "SAM", Path("/bin/false"))

    assert main(["default"]) == 2
    assert told in capsys.readouterr().err


def test_an_unknown_configuration_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staging"]) == 2
    assert "no parameters for staging" in capsys.readouterr().err
