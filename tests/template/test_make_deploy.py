"""`make deploy` hands SAM all parameters of a configuration, and another id each time."""

from datetime import UTC, datetime, timedelta

import pytest

from local.configurations import parameters, short_retention
from local.deploy import command, deploy_id, main
from local.emulator.transform import load
from tests.support.template.expanded import ROOT

NOW = datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("name", ["default", "dev", "prod"])
def test_all_parameters_go_along(name: str) -> None:
    words = command(name, parameters(name), NOW)[1:]

    assert words[:4] == ["deploy", "--config-env", name, "--parameter-overrides"]
    given = dict(word.split("=", 1) for word in words[4:])
    assert given == parameters(name) | {"DeployId": "20261126T235959Z"}


def test_two_deploys_have_two_ids() -> None:
    assert deploy_id(NOW) != deploy_id(NOW + timedelta(seconds=1))


def test_uploads_that_would_be_erased_too_soon_are_told_before_anything_is_made() -> None:
    template = load(ROOT / "template.yaml")

    assert short_retention(template, {}) is None
    fault = short_retention(template, {"QueueDeadlineSeconds": "604801"})
    assert fault == "UploadRetentionDays must be at least 10: both deadlines and a day"


def test_an_unknown_configuration_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staging"]) == 2
    assert "no parameters for staging" in capsys.readouterr().err
