"""A slot is held as long as the provider works, whatever became of the job. A stack of its own, with one slot."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.stacks import own_stack
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, World

BODY = dict.fromkeys(TYPES, "https://media.example.com/x") | {"consent": CONSENT}
WORKS = 6


@pytest.fixture(scope="module")
def one_slot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    parameters = {"ProviderConcurrency": "1", "FirstPollSeconds": "1", "MaxPollSeconds": "1"}
    with own_stack(tmp_path_factory.mktemp("one_slot"), parameters) as world:
        yield world


@pytest.fixture
def slow(one_slot: World) -> World:
    """A provider that takes seconds for a job, and posts no webhook."""
    one_slot.reset_provider()
    one_slot.behave(result="canned", seconds=WORKS, webhook="withheld")
    return one_slot


def _runs(world: World) -> str:
    job_id: str = world.create(BODY)["job_id"]
    until(lambda: world.job(job_id), holds=lambda job: job["status"] == "processing")
    return job_id


def _entry(world: World, job_id: str, name: str) -> Any:
    return world.at_provider(job_id).get(name)


def test_the_next_job_goes_when_the_provider_is_done_with_the_cancelled_one(slow: World) -> None:
    first = _runs(slow)
    second = slow.create(BODY)["job_id"]

    cancelled = slow.call("POST", f"/v1/jobs/{first}/cancel").json()
    sent = until(lambda: slow.at_provider(second), holds=bool)

    assert cancelled["status"] == "cancelled"
    assert sent
    assert _entry(slow, first, "status") == "success"  # the slot was held until then
    assert slow.job(first) == cancelled
    assert slow.final(second)["status"] == "succeeded"
    assert slow.results(first) == []
    slow.ended(first)


def test_what_was_made_for_an_erased_job_is_deleted_there_once_it_is_made(slow: World) -> None:
    job_id = _runs(slow)

    assert slow.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204
    slow.ended(job_id)

    assert _entry(slow, job_id, "deleted") is True
    item = slow.item(job_id)
    assert item is not None
    assert item["provider_deletion"] == {"S": "done"}
    assert not {"open", "task_token", "request_hash"} & item.keys()
    assert not [name for name in item if name.startswith("evidence_")]


def test_an_id_that_becomes_known_after_the_erasure_is_enough_to_delete(slow: World) -> None:
    slow.behave(result="canned", seconds=1)
    script = {"submit": {"reset": True}, "webhook": {"posts": [{"delay": 3}]}}
    job_id = slow.create_with_script(script, slow.request())["job_id"]
    until(lambda: slow.job(job_id), holds=lambda job: job["status"] == "submitting")

    assert slow.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204
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

    item = until(lambda: slow.item(job_id) or {}, holds=lambda item: "closed_at" in item)
    assert item["executions"] == {"N": "2"}
