"""The wiring: what happens around the provider's key."""

from uuid import uuid4

import pytest

from faceswap.container.jobs import JobsContainer
from faceswap.rules.job import Evidence
from faceswap.rules.reply import Reply
from faceswap.rules.status import FinalStatus
from faceswap.settings import JobsSettings
from tests.support.environment import ENVIRONMENT
from tests.support.samples import START, a_job
from tests.support.world import World

HEARD = Evidence(at=START, by="webhook", request_id="298")


@pytest.fixture
def container(world: World, monkeypatch: pytest.MonkeyPatch) -> JobsContainer:
    """The container of the jobs function in this process, on the emulator."""
    monkeypatch.setattr("faceswap.container.common.client", lambda name, _: world.aws(name))
    client = world.aws("secretsmanager")
    arn = client.create_secret(Name=f"key-{uuid4()}", SecretString="old")["ARN"]
    return JobsContainer(JobsSettings.read(ENVIRONMENT | {"PROVIDER_KEY_SECRET_ARN": arn}))


def rotate(container: JobsContainer, world: World) -> None:
    arn = container.settings.provider_key_secret_arn
    world.aws("secretsmanager").put_secret_value(SecretId=arn, SecretString="new")


def test_a_refused_key_is_read_anew_and_told(
    container: JobsContainer, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    context = container.submit_context
    assert context.provider_key() == "old"
    rotate(container, world)

    context.refused(Reply("not_started", remedy="retry"))
    assert context.provider_key() == "old"
    assert "ProviderBlocked" not in capsys.readouterr().out
    context.refused(Reply("not_started", remedy="fix_account"))
    assert context.provider_key() == "old"
    context.refused(Reply("not_started", remedy="replace_key"))

    assert context.provider_key() == "new"
    assert capsys.readouterr().out.count('"ProviderBlocked":[1.0]') == 2


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        ({"evidence_succeeded": HEARD}, "succeeded", "FinishedByWebhook"),
        ({"evidence_failed": HEARD}, "failed", "FinishedByWebhook"),
        ({}, "succeeded", "FinishedByPoll"),
        ({"evidence_immediate": HEARD}, "succeeded", None),
        ({"evidence_succeeded": HEARD}, "cancelled", None),
        ({}, "failed", None),
    ],
)
def test_an_end_is_counted_by_who_brought_the_news(
    container: JobsContainer,
    capsys: pytest.CaptureFixture[str],
    before: dict[str, Evidence],
    after: FinalStatus,
    counted: str | None,
) -> None:
    job = a_job(status="processing", **before)

    container.end_job._finished(job, job.model_copy(update={"status": after}))

    told = capsys.readouterr().out
    names = {"FinishedByWebhook", "FinishedByPoll"}
    assert {name for name in names if name in told} == ({counted} if counted else set())


def test_collect_reads_a_refused_key_anew_too(container: JobsContainer, world: World) -> None:
    assert container.provider_key() == "old"
    rotate(container, world)

    container.provider_refused(Reply("unclear", remedy="replace_key"))

    assert container.provider_key() == "new"


def test_a_provider_that_is_elsewhere_is_told_with_the_place(
    container: JobsContainer,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    container.provider_refused(
        Reply("unclear", remedy="update_address", location="https://new.example/api/v6/x")
    )

    assert '"ProviderMoved":[1.0]' in capsys.readouterr().out
    assert [vars(record)["moved_to"] for record in caplog.records] == [
        "https://new.example/api/v6/x"
    ]
