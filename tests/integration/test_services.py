"""The wiring: what happens around the provider's key."""

from uuid import uuid4

import pytest

from faceswap.rules.reply import Reply
from faceswap.services import JobsServices
from faceswap.settings import JobsSettings
from tests.support.world import World
from tests.unit.test_contract import ENVIRONMENT


@pytest.fixture
def services(world: World, monkeypatch: pytest.MonkeyPatch) -> JobsServices:
    """The services of λ jobs in this process, on the emulator."""
    monkeypatch.setattr("faceswap.services.client", lambda name, _: world.aws(name))
    client = world.aws("secretsmanager")
    arn = client.create_secret(Name=f"key-{uuid4()}", SecretString="old")["ARN"]
    return JobsServices(JobsSettings.read(ENVIRONMENT | {"PROVIDER_KEY_SECRET_ARN": arn}))


def rotate(services: JobsServices, world: World) -> None:
    arn = services.settings.provider_key_secret_arn
    world.aws("secretsmanager").put_secret_value(SecretId=arn, SecretString="new")


def test_a_refused_key_is_read_anew_and_told(
    services: JobsServices, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    sender = services.sender("https://api.example")
    assert sender.provider_key() == "old"
    rotate(services, world)

    sender.refused(Reply("not_started", remedy="retry"))
    assert sender.provider_key() == "old"
    assert "ProviderLaneBlocked" not in capsys.readouterr().out
    sender.refused(Reply("not_started", remedy="fix_account"))
    assert sender.provider_key() == "old"
    sender.refused(Reply("not_started", remedy="replace_key"))

    assert sender.provider_key() == "new"
    assert capsys.readouterr().out.count('"ProviderLaneBlocked":[1.0]') == 2


def test_collect_reads_a_refused_key_anew_too(services: JobsServices, world: World) -> None:
    assert services.provider_key() == "old"
    rotate(services, world)

    services.provider_refused(Reply("unclear", remedy="replace_key"))

    assert services.provider_key() == "new"


def test_a_provider_that_is_elsewhere_is_told_with_the_place(
    services: JobsServices,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    services.provider_refused(
        Reply("unclear", remedy="update_address", location="https://new.example/api/v6/x")
    )

    assert '"ProviderMoved":[1.0]' in capsys.readouterr().out
    assert [vars(record)["moved_to"] for record in caplog.records] == [
        "https://new.example/api/v6/x"
    ]
