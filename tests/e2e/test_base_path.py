"""A whole job through an API below a base path. A stack of its own: its public address is that of the mapping."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from faceswap.rules.links import input_token, input_url
from tests.support.mapped_gateway import mapped_gateway
from tests.support.stacks import own_stack
from tests.support.until import until
from tests.support.world import VIDEO, World

PREFIX = "/swap/eu"


@pytest.fixture(scope="module")
def webhooks() -> Event:
    """Set once the provider's webhooks may come; until then a job goes on."""
    return Event()


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory, webhooks: Event) -> Iterator[World]:
    """The stack as it is seen through the mapping."""
    worlds: list[World] = []
    parameters = {"FirstPollSeconds": "600", "MaxPollSeconds": "600"}
    with (
        mapped_gateway(PREFIX, worlds, webhooks) as url,
        own_stack(tmp_path_factory.mktemp("mapped"), parameters | {"PublicBaseUrl": url}) as world,
    ):
        worlds.append(world)
        through = World(replace(world.stack, api_url=url))
        through.behave(result="canned")
        yield through
        through.close()


def test_a_job_goes_from_upload_to_result_below_a_base_path(mapped: World, webhooks: Event) -> None:
    made = mapped.call("POST", "/v1/jobs", json=mapped.request())
    job_id = made.json()["job_id"]
    until(lambda: mapped.job(job_id)["status"], holds=lambda status: status == "processing")
    secret = mapped.aws("secretsmanager").get_secret_value(
        SecretId=mapped.stack.outputs["WebhookSecretArn"]
    )
    token = input_token(secret["SecretString"], job_id, "init_video")
    link = input_url(mapped.stack.api_url, job_id, token, "init_video", "mp4")
    read = mapped.http.get(link, follow_redirects=True)
    webhooks.set()

    job = mapped.final(job_id)

    assert made.headers["location"] == f"{PREFIX}/v1/jobs/{job_id}"
    assert read.content == VIDEO
    assert job["status"] == "succeeded"
    result = mapped.call("GET", f"/v1/jobs/{job_id}/result").json()
    assert mapped.http.get(result["url"]).content == VIDEO
    posted = until(lambda: mapped.at_provider(job_id)["webhooks"])
    assert [each["http_status"] for each in posted] == [200]


def test_the_contract_names_the_base_path(mapped: World) -> None:
    assert mapped.call("GET", "/v1/openapi.json").json()["servers"] == [{"url": PREFIX}]
