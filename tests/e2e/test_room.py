"""More jobs than there is room for: all are made, none is refused. A stack of its own, with room for two."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from faceswap.rules.times import to_text
from tests.support.stacks import own_stack
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, World

ROOM = 2
REFUSED = {
    "submit": {
        "status": 429,
        "body": '{"status":"error","message":"Rate limit exceeded.","retry_after":600}',
        "taken": False,
    }
}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack that keeps to two jobs, before a provider that refuses a third; nothing is polled before ten minutes."""
    looks = {"FirstPollSeconds": "600", "MaxPollSeconds": "600"}
    parameters = {"ProviderConcurrency": str(ROOM)} | looks
    with own_stack(tmp_path_factory.mktemp("narrow"), parameters) as world:
        world.behave(result="canned", seconds=0.5, room=ROOM)
        yield world


def test_jobs_that_find_no_room_are_woken_when_there_is_some(narrow: World) -> None:
    media = dict.fromkeys(TYPES, "https://media.example.com/x")

    made = [narrow.create(media | {"consent": CONSENT})["job_id"] for _ in range(6)]
    jobs = [narrow.final(job_id) for job_id in made]

    assert [job["status"] for job in jobs] == ["succeeded"] * 6
    told = narrow.ledger()
    assert (told["submits"], told["rejected"]) == (6, 0)


def test_a_queued_job_tells_when_it_may_be_done(narrow: World) -> None:
    narrow.reset_provider()
    media = dict.fromkeys(TYPES, "https://media.example.com/x")
    narrow.behave(result="canned", seconds=1, room=ROOM)
    narrow.final(
        narrow.create(media | {"consent": CONSENT})["job_id"]
    )  # from now on the pace is known
    narrow.behave(webhook="withheld")
    made = [narrow.create(media | {"consent": CONSENT})["job_id"] for _ in range(5)]

    until(lambda: narrow.item(made[-1]) or {}, holds=lambda item: "queue_tag" in item)
    until(lambda: narrow.job(made[-1])["eta"])
    answer = narrow.call("GET", f"/v1/jobs/{made[-1]}")

    last = answer.json()
    assert last["status"] == "queued"
    assert last["eta"] > last["created_at"]
    assert 30 <= int(answer.headers["retry-after"]) <= 60
    for job_id in made:
        narrow.call("POST", f"/v1/jobs/{job_id}/cancel")


def test_a_provider_that_takes_jobs_again_is_found_by_the_schedule(narrow: World) -> None:
    narrow.reset_provider()
    # Jobs that were cancelled are still at the provider, and hold their slots until they are polled.
    narrow.behave(result="canned", seconds=0.5, room=100)
    slots = {"TableName": narrow.stack.jobs_table, "Key": {"pk": {"S": "slots"}}}
    narrow.aws("dynamodb").delete_item(**slots)
    job_id = narrow.create_with_script(REFUSED, narrow.request())["job_id"]
    until(
        lambda: narrow.item(job_id) or {},
        holds=lambda item: {"refused_at", "task_token"} <= item.keys(),
    )
    assert narrow.job(job_id)["status"] == "queued"
    submits = _submits(narrow, job_id)
    narrow.teach({})
    # Whoever is refused is told to come again after ten minutes, which are over now.
    narrow.aws("dynamodb").update_item(
        **slots,
        UpdateExpression="SET hold_until = :now",
        ConditionExpression="attribute_exists(refusals)",
        ExpressionAttributeValues={":now": {"S": to_text(datetime.now(UTC))}},
    )

    until(lambda: narrow.job(job_id)["status"], holds=lambda status: status == "succeeded")

    narrow.ended(job_id)
    assert _submits(narrow, job_id) == submits
    assert narrow.at_provider(job_id)["submits"] == 1


def _submits(world: World, job_id: str) -> int:
    """How often the job's execution has entered Submit."""
    entered = [step for step in world.steps(job_id) if step["type"] == "TaskStateEntered"]
    return [step["stateEnteredEventDetails"]["name"] for step in entered].count("Submit")
