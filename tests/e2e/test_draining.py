"""A slot is held as long as the provider works, whatever became of the job. A stack of its own, with one slot."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.held import HELD, let_go
from tests.support.stacks import own_stack
from tests.support.until import until
from tests.support.webhooks import post_success
from tests.support.world import CONSENT, TYPES, World

BODY = dict.fromkeys(TYPES, "https://media.example.com/x") | {"consent": CONSENT}


@pytest.fixture(scope="module")
def one_slot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    parameters = {"ProviderConcurrency": "1", "FirstPollSeconds": "1", "MaxPollSeconds": "1"}
    with own_stack(tmp_path_factory.mktemp("one_slot"), parameters) as world:
        yield world


@pytest.fixture
def slow(one_slot: World) -> World:
    """A provider that posts no webhook."""
    one_slot.reset_provider()
    one_slot.behave(result="canned", webhook="withheld")
    return one_slot


def _runs(world: World) -> str:
    """A job that the provider works on until it is let go."""
    job_id: str = world.create_with_script(HELD, world.request())["job_id"]
    until(lambda: world.job(job_id), holds=lambda job: job["status"] == "processing")
    return job_id


def _is_polled_on(world: World, job_id: str) -> None:
    """Wait until the provider was asked twice more: what the first of these polls led to is done."""
    fetches = _entry(world, job_id, "fetches")
    until(lambda: _entry(world, job_id, "fetches") >= fetches + 2)


def _entry(world: World, job_id: str, name: str) -> Any:
    return world.at_provider(job_id).get(name)


def test_the_next_job_goes_when_the_provider_is_done_with_the_cancelled_one(slow: World) -> None:
    first = _runs(slow)
    second = slow.create(BODY)["job_id"]

    cancelled = slow.call("POST", f"/v1/jobs/{first}/cancel").json()
    _is_polled_on(slow, first)
    before = slow.at_provider(second)
    let_go(slow)

    assert cancelled["status"] == "cancelled"
    assert before == {}  # the slot is held as long as the provider works
    assert until(lambda: slow.at_provider(second))
    assert slow.job(first) == cancelled
    assert slow.final(second)["status"] == "succeeded"
    assert slow.results(first) == []
    slow.ended(first)


def test_what_was_made_for_an_erased_job_is_deleted_there_once_it_is_made(slow: World) -> None:
    job_id = _runs(slow)

    assert slow.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204
    _is_polled_on(slow, job_id)
    before = _entry(slow, job_id, "deleted")
    let_go(slow)
    slow.ended(job_id)

    assert (before, _entry(slow, job_id, "deleted")) == (False, True)
    item = slow.item(job_id)
    assert item is not None
    assert item["provider_deletion"] == {"S": "done"}
    assert not {"open", "task_token", "request_hash"} & item.keys()
    assert not [name for name in item if name.startswith("evidence_")]


def test_an_id_that_becomes_known_after_the_erasure_is_enough_to_delete(slow: World) -> None:
    script = {"submit": {"reset": True}, "webhook": {"posts": []}}
    job_id = slow.create_with_script(script, slow.request())["job_id"]
    until(lambda: slow.at_provider(job_id))
    until(lambda: slow.job(job_id), holds=lambda job: job["status"] == "submitting")

    assert slow.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204
    post_success(slow, job_id)
    slow.ended(job_id)

    assert _entry(slow, job_id, "deleted") is True


def test_a_job_whose_execution_died_while_it_drained_is_closed_by_the_next_one(slow: World) -> None:
    job_id = _runs(slow)
    slow.call("POST", f"/v1/jobs/{job_id}/cancel")
    arn = slow.stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    slow.aws("stepfunctions").stop_execution(executionArn=f"{arn}:{job_id}")

    slow.aws("lambda").invoke(
        FunctionName=slow.stack.functions["results"], Payload=b'{"task": "sweep"}'
    )

    until(lambda: slow.item(job_id) or {}, holds=lambda item: item["executions"] == {"N": "2"})
    let_go(slow)
    item = until(lambda: slow.item(job_id) or {}, holds=lambda item: "closed_at" in item)
    assert item["executions"] == {"N": "2"}
