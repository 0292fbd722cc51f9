"""Cancelling and erasing under races and deaths."""

from typing import Any

import pytest

from faceswap.provider.modelslab.client import ModelsLabClient
from faceswap.rules.errors import ConflictError
from faceswap.rules.job import Job
from faceswap.store.executions import ExecutionStore
from tests.support.use_cases import UseCases


def executions(use_cases: UseCases) -> ExecutionStore:
    return ExecutionStore(
        use_cases.world.aws("stepfunctions"), str(use_cases.world.stack.state_machine_arn)
    )


def moving(use_cases: UseCases, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let every job be noted on by somebody else just before it is moved, so many times."""
    real, left = use_cases.jobs.move, iter(range(times))

    def first_somebody_else(job: Job, *args: Any, **fields: Any) -> Job | None:
        if next(left, None) is not None:
            return None
        return real(job, *args, **fields)

    monkeypatch.setattr(use_cases.jobs, "move", first_somebody_else)


def test_a_cancel_that_loses_a_race_is_tried_again(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    moving(use_cases, monkeypatch, 2)

    done = use_cases.cancel_job.run(job.job_id, "me")

    assert (done.status, use_cases.read(job).status) == ("cancelled", "cancelled")


def test_a_cancel_that_always_loses_says_so(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    moving(use_cases, monkeypatch, 99)

    with pytest.raises(ConflictError, match="at this moment"):
        use_cases.cancel_job.run(job.job_id, "me")


def test_an_id_that_comes_after_the_cancel_is_still_recorded(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job()
    real = ModelsLabClient.submit

    def cancel(self: ModelsLabClient, key: str, submission: object) -> object:
        use_cases.cancel_job.run(job.job_id, "me")
        return real(self, key, submission)  # type: ignore[arg-type]

    monkeypatch.setattr(ModelsLabClient, "submit", cancel)
    use_cases.submit(job)

    after = use_cases.read(job)
    assert (after.status, after.request_id) == ("cancelled", "298")


def test_a_delete_that_died_can_be_repeated(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.processing()
    with monkeypatch.context() as patch:
        patch.setattr(
            use_cases.jobs, "erase", lambda *_args: (_ for _ in ()).throw(SystemError("killed"))
        )
        with pytest.raises(SystemError):
            use_cases.delete_job.run(job.job_id, "me")
    assert use_cases.read(job).erased_at is None

    use_cases.delete_job.run(job.job_id, "me")

    assert use_cases.read(job).erased_at == use_cases.clock.now
    assert use_cases.read(job).provider_deletion == "refused"


def test_a_delete_that_loses_its_last_write_says_so(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = use_cases.job(status="failed")
    monkeypatch.setattr(use_cases.jobs, "erase", lambda *_args: None)

    with pytest.raises(ConflictError, match="at this moment"):
        use_cases.delete_job.run(job.job_id, "me")


def test_what_was_never_sent_has_nothing_to_delete_at_the_provider(use_cases: UseCases) -> None:
    job, unknown = use_cases.job(), use_cases.submitting()

    use_cases.delete_job.run(job.job_id, "me")
    use_cases.delete_job.run(unknown.job_id, "me")

    assert use_cases.read(job).provider_deletion == "not_applicable"
    assert use_cases.read(unknown).provider_deletion is None
    assert use_cases.asked("delete") == 0
