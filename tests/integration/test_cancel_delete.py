"""Cancelling and erasing under races and deaths."""

from typing import Any

import pytest

from faceswap.provider.modelslab.client import ModelsLabClient
from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Job
from faceswap.store.executions import ExecutionStore
from tests.integration.conftest import Lab


def executions(lab: Lab) -> ExecutionStore:
    return ExecutionStore(lab.world.aws("stepfunctions"), str(lab.world.stack.state_machine_arn))


def moving(lab: Lab, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let every job be noted on by somebody else just before it is moved, so many times."""
    real, left = lab.jobs.move, iter(range(times))

    def first_somebody_else(job: Job, *args: Any, **fields: Any) -> Job | None:
        if next(left, None) is not None:
            return None
        return real(job, *args, **fields)

    monkeypatch.setattr(lab.jobs, "move", first_somebody_else)


def test_a_cancel_that_loses_a_race_is_tried_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = lab.processing()
    moving(lab, monkeypatch, 2)

    done = lab.cancel_job.run(job.job_id, "me")

    assert (done.status, lab.read(job).status) == ("cancelled", "cancelled")


def test_a_cancel_that_always_loses_says_so(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lab.processing()
    moving(lab, monkeypatch, 99)

    with pytest.raises(ConflictError, match="at this moment"):
        lab.cancel_job.run(job.job_id, "me")


def test_an_id_that_comes_after_the_cancel_is_still_recorded(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = lab.job()
    real = ModelsLabClient.submit

    def cancel(self: ModelsLabClient, key: str, submission: object) -> object:
        lab.cancel_job.run(job.job_id, "me")
        return real(self, key, submission)  # type: ignore[arg-type]

    monkeypatch.setattr(ModelsLabClient, "submit", cancel)
    lab.submit(job)

    after = lab.read(job)
    assert (after.status, after.request_id) == ("cancelled", "298")


def test_a_delete_that_died_can_be_repeated(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lab.processing()
    with monkeypatch.context() as patch:
        patch.setattr(
            lab.jobs, "erase", lambda *_args: (_ for _ in ()).throw(SystemError("killed"))
        )
        with pytest.raises(SystemError):
            lab.delete_job.run(job.job_id, "me")
    assert lab.read(job).erased_at is None

    lab.delete_job.run(job.job_id, "me")

    assert lab.read(job).erased_at == lab.clock.now
    assert lab.read(job).provider_deletion == "refused"


def test_a_delete_that_loses_its_last_write_says_so(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = lab.job(status="failed")
    monkeypatch.setattr(lab.jobs, "erase", lambda *_args: None)

    with pytest.raises(ConflictError, match="at this moment"):
        lab.delete_job.run(job.job_id, "me")


def test_what_was_never_sent_has_nothing_to_delete_at_the_provider(lab: Lab) -> None:
    job, unknown = lab.job(), lab.submitting()

    lab.delete_job.run(job.job_id, "me")
    lab.delete_job.run(unknown.job_id, "me")

    assert lab.read(job).provider_deletion == "not_applicable"
    assert lab.read(unknown).provider_deletion is None
    assert lab.asked("delete") == 0
