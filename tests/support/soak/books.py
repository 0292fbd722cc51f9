"""What is left after a soak, compared: promises, ledger, table, bucket, and who may read what."""

import json
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from tests.support.faulty_stack import Ground
from tests.support.reconcile import Findings, Seen, reconcile, seen
from tests.support.retrying import retrying
from tests.support.soak.doors import Told
from tests.support.soak.limits import Limited
from tests.support.soak.load import Load
from tests.support.soak.plan import OWNERS, Plan
from tests.support.until import until
from tests.support.world import VIDEO

_SAMPLE = 12
_SETTLE_SECONDS = 300.0
_TELL_SECONDS = 600.0


class Database(NamedTuple):
    """The findings, and the jobs; `unexplained` ended in a way that nothing done to them explains.

    `told` is what is wrong with how their ends were told, `limited` with what owners may do.
    """

    findings: Findings
    unexplained: list[str]
    jobs: list[Seen]
    told: Told
    limited: Limited

    @property
    def counts(self) -> dict[str, int]:
        """How much of each is wrong."""
        more = self.told._asdict() | self.limited._asdict()
        named = {name: len(each) for name, each in more.items()}
        return self.findings.counts | {"unexplained": len(self.unexplained)} | named


def settle(ground: Ground) -> None:
    """Wait until no execution runs any more, as far as they end at all."""
    try:
        until(ground.world.running, holds=lambda running: not running, seconds=_SETTLE_SECONDS)
    except AssertionError:
        return


def close(ground: Ground, plan: Plan, load: Load) -> Database:
    """Compare. Nothing breaks any more while this looks."""
    settle(ground)
    ground.faults.let_loose([])
    world = ground.world
    # The books say which are not.
    with suppress(AssertionError):
        until(
            lambda: load.doors.is_told(world.scanned(), load.promised),
            seconds=_TELL_SECONDS,
            every=1.0,
        )
    jobs = seen(world.scanned())
    objects = [key for key, _ in world.results()]
    findings = reconcile(load.promised, jobs, world.ledger(), objects, world.running())
    leaks = [job.job_id for job in _sampled(jobs) if not _is_its_owner_s_alone(ground, load, job)]
    findings = findings._replace(wrong_owner=sorted({*findings.wrong_owner, *leaks}))
    unexplained = [
        f"{job.job_id}: {job.error}, though it met {plan.met(job.job_id)}"
        for job in jobs
        if not plan.explains(job.job_id, job.error)
    ]
    told = load.doors.books(world.scanned(), load.promised, _buried(ground))
    return Database(findings, sorted(unexplained), jobs, told, load.limits.books(world.scanned()))


def _buried(ground: Ground) -> list[str]:
    """The jobs whose messages lie among the dead letters of callbacks; they stay there."""
    sqs, url = ground.world.aws("sqs"), ground.world.stack.outputs["CallbackDeadLettersUrl"]
    found: list[str] = []
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60
    ).get("Messages"):
        found += [json.loads(message["Body"])["job_id"] for message in messages]
    return found


def _sampled(jobs: list[Seen]) -> list[Seen]:
    """Some of the jobs that have a result, spread over all of them."""
    done = sorted((job for job in jobs if job.status == "succeeded"), key=lambda job: job.job_id)
    return done[:: max(1, len(done) // _SAMPLE)]


def _is_its_owner_s_alone(ground: Ground, load: Load, job: Seen) -> bool:
    """Whether the owner can read a result, and nobody else can see that there is one."""
    world = ground.world
    path = f"/v1/jobs/{job.job_id}/result"
    for owner in OWNERS:
        answer = retrying(partial(world.call, "GET", path, token=load.tokens[owner]))
        if owner != job.owner:
            if answer.status_code != 404:
                return False
            continue
        if answer.status_code != 200 or world.http.get(answer.json()["url"]).content != VIDEO:
            return False
    return True
