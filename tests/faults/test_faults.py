"""Jobs through functions whose every fourth call to AWS fails: nothing is lost, nothing is paid twice."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.deadlines import pass_deadline
from tests.support.faults import SERVICE_VARIABLES, rules
from tests.support.faulty_stack import Ground, shaky_ground
from tests.support.reconcile import reconcile, seen
from tests.support.retrying import retrying
from tests.support.until import until
from tests.support.world import CONSENT, FINAL, TYPES, VIDEO, World

SEED = 7
JOBS, AT_ONCE, WITH_UPLOADS = 30, 6, 10
PARAMETERS = {
    "FirstPollSeconds": "1",
    "MaxPollSeconds": "2",
    "JobDeadlineSeconds": "3600",
    "ProviderConcurrency": str(AT_ONCE),
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with shaky_ground(tmp_path_factory.mktemp("faulty"), PARAMETERS, SEED) as ground:
        ground.world.behave(result="canned", seconds=0.2, room=AT_ONCE)
        yield ground


def made(world: World, number: int) -> str:
    """A job, asked for as often as it takes."""
    media = dict.fromkeys(TYPES, f"https://media.example.com/{number}.mp4")
    if number < WITH_UPLOADS:
        reserved = retrying(
            lambda: world.call(
                "POST",
                "/v1/uploads",
                json={"purpose": "init_video", "content_type": "video/mp4", "size": len(VIDEO)},
            )
        ).json()
        assert retrying(lambda: world.send(reserved, VIDEO)).status_code in {200, 412}
        media["init_video"] = reserved["source"]
    key = {"idempotency-key": f"faults-{number}"}
    body = media | {"consent": CONSENT}
    answer = retrying(lambda: world.call("POST", "/v1/jobs", headers=key, json=body))
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["job_id"]
    return job_id


_MOST_UNKNOWN = JOBS // 10
_LONG = 600.0
_LAST_STEPS = 6


def test_every_job_ends_well_and_is_sent_at_most_once(ground: Ground) -> None:
    world, faults = ground.world, ground.faults
    faults.let_loose(rules())

    def run(number: int) -> str:
        job_id = made(world, number)
        until(lambda: _seen(world, job_id), holds=_is_over, seconds=_LONG, every=0.5)
        return job_id

    with ThreadPoolExecutor(AT_ONCE) as threads:
        promised = dict.fromkeys(threads.map(run, range(JOBS)), "demo")
    until(world.running, holds=lambda running: not running, seconds=_LONG)

    jobs = seen(world.scanned())
    ends = Counter((job.status, job.error) for job in jobs)
    # Where AWS lost the answer to the write before the request for good, nothing was sent, and nobody may know that.
    # Where it took neither the provider's answer nor its one message, nobody knows that something was.
    unknown = [job.job_id for job in jobs if job.error == "submission-unknown"]
    assert ends - Counter({("failed", "submission-unknown"): len(unknown)}) == {
        ("succeeded", None): JOBS - len(unknown)
    }
    assert len(unknown) <= _MOST_UNKNOWN
    sent = [job_id for job_id in unknown if world.at_provider(job_id)]
    assert world.ledger()["submits"] == JOBS - len(unknown) + len(sent)
    found = reconcile(
        promised, jobs, world.ledger(), [key for key, _ in world.results()], world.running()
    )
    assert not any(found.counts.values()), found
    broken = faults.counts()
    assert {name.split()[0] for name in broken} == set(SERVICE_VARIABLES), broken
    assert sum(broken.values()) > 5 * JOBS


def _seen(world: World, job_id: str) -> dict[str, Any]:
    """The job, the slots and what its execution did last: what there is to see if it never ends.

    The deadline of a job that waits for word of whether it was sent, and which nobody will send, passes at once.
    """
    job = world.item(job_id) or {}
    waits = (job.get("status"), job.get("change")) == ({"S": "submitting"}, {"S": "wait"})
    if waits and not _will_be_told_of(world, job_id):
        pass_deadline(world, job_id)
    if _is_over({"job": job}):
        return {"job": job}
    return {"job": job, "slots": world.slots(), "steps": world.steps(job_id)[-_LAST_STEPS:]}


def _will_be_told_of(world: World, job_id: str) -> bool:
    """Whether the provider has it, and its message has been taken or is still to be posted."""
    there = world.at_provider(job_id)
    posted = there.get("webhooks", [])
    return bool(there) and (
        not posted or any(each.get("http_status", 500) < 300 for each in posted)
    )


def _is_over(seen: dict[str, Any]) -> bool:
    return bool(seen["job"]) and seen["job"]["status"]["S"] in FINAL
