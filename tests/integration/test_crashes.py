"""Death before and after each call that leaves the process: every job still ends, and is sent at most once.

The points are not written down: they are found by recording a run. The test plays the state machine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from faceswap.provider.client import ProviderClient
from faceswap.provider.download import ResultReader
from faceswap.rules.job import Evidence, Job
from tests.integration.conftest import Lab
from tests.integration.test_collect import success

_TURNS = 40


class KilledError(BaseException):
    """The process dies here; nothing catches it."""


@dataclass
class Calls:
    """The calls that leave the process, in order, and at which one to die: its number, and before or after it."""

    made: list[str] = field(default_factory=list)
    die_at: tuple[int, str] | None = None

    def before(self, name: str) -> None:
        self.made.append(name)
        self._die("before")

    def after(self) -> None:
        self._die("after")

    def _die(self, when: str) -> None:
        if self.die_at == (len(self.made), when):
            self.die_at = None
            raise KilledError


@contextmanager
def watched(lab: Lab, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Count every call to AWS and to the provider, and die where it is said."""

    def before(model: Any, **_: Any) -> None:
        calls.before(f"{model.service_model.service_name}.{model.name}")

    def after(**_: Any) -> None:
        calls.after()

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            calls.before(name)
            answer = real(*args, **options)
            calls.after()
            return answer

        return call

    clients = [lab.world.aws("dynamodb"), lab.world.aws("s3")]
    for client in clients:
        client.meta.events.register("before-call", before, unique_id="crash-before")
        client.meta.events.register("after-call", after, unique_id="crash-after")
    with monkeypatch.context() as patch:
        patch.setattr(ProviderClient, "submit", counted("provider.submit", ProviderClient.submit))
        patch.setattr(ProviderClient, "fetch", counted("provider.fetch", ProviderClient.fetch))
        patch.setattr(ResultReader, "open", counted("provider.download", ResultReader.open))
        try:
            yield
        finally:
            for client in clients:
                client.meta.events.unregister("before-call", unique_id="crash-before")
                client.meta.events.unregister("after-call", unique_id="crash-after")


def run_to_the_end(lab: Lab, job: Job, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Play the state machine; a task that dies is followed by Collect, as Pause does. The webhook comes once."""
    following, told = "submit", False
    for _ in range(_TURNS):
        look_after = 60
        with watched(lab, calls, monkeypatch):
            try:
                if following == "submit":
                    look_after = lab.submitter.submit(job.job_id, lab.sender).look_after
                    following = "wait"
                else:
                    turn = lab.collector.collect(job.job_id)
                    following, look_after = turn.next, turn.look_after
            except KilledError:
                following = "wait"
        if following == "done":
            return
        if lab.asked("specific") and not told:
            evidence = Evidence(
                at=lab.clock.now, by="webhook", request_id="298", urls=(lab.link(),)
            )
            lab.jobs.wake(job.job_id, evidence_succeeded=evidence)
            told = True
        if following == "wait":
            lab.clock.forward(look_after)
    raise AssertionError(f"the job does not end: {lab.read(job)}")


def prepared(lab: Lab) -> Job:
    """A job whose video is an upload that has landed."""
    lab.script.fetch = success(lab.link())
    lab.server.requests.clear()
    key = "uploads/me/upl_crash.mp4"
    lab.world.aws("s3").put_object(Bucket=lab.world.stack.media_bucket, Key=key, Body=b"abc")
    media = dict(lab.job().media)
    media["init_video"] = media["init_video"].model_copy(
        update={"key": key, "sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}
    )
    return lab.job(status="awaiting_upload", queued_at=None, media=media)


def test_wherever_a_process_dies_the_job_ends_and_is_sent_at_most_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = Calls()
    run_to_the_end(lab, prepared(lab), recorded, monkeypatch)
    points = [(n, when) for n in range(1, len(recorded.made) + 1) for when in ("before", "after")]

    table = []
    for number, when in points:
        job = prepared(lab)
        calls = Calls(die_at=(number, when))
        run_to_the_end(lab, job, calls, monkeypatch)
        assert calls.die_at is None, "nobody died"
        after = lab.read(job)
        table.append((f"{when:<6} {recorded.made[number - 1]}", after, lab.asked("specific")))
        assert len(lab.results(job)) <= (2 if after.status == "succeeded" else 1)

    with capsys.disabled():
        print(f"\n{'the process dies':<34} {'the job':<30} submits")
        for point, after, submits in table:
            error = f" ({after.error.type})" if after.error else ""
            print(f"{point:<34} {after.status + error:<30} {submits}")
    assert all(after.is_final and submits <= 1 for _, after, submits in table)
    unsent = [(point, after.error and after.error.type) for point, after, n in table if n == 0]
    assert {error for _, error in unsent} == {"submission-unknown"}
    assert [after.status for _, after, submits in table if submits == 1] == ["succeeded"] * (
        len(table) - len(unsent)
    )
