"""Which ends what is done to a job explains."""

import pytest

from tests.support.soak.plan import PART, WHOLE, Plan


def job_that_meets(plan: Plan, *wanted: str) -> str:
    """A job that meets just these misbehaviours."""
    names = (f"job_{number}" for number in range(100_000))
    return next(name for name in names if plan.met(name) == (", ".join(wanted) or "none"))


@pytest.mark.parametrize("error", ["provider-timeout", "result-unusable"])
def test_a_deadline_explains_only_what_had_little_time_left(error: str) -> None:
    assert not WHOLE.explains(job_that_meets(WHOLE), error)
    assert not WHOLE.explains(job_that_meets(WHOLE, "submit_html"), error)
    assert WHOLE.explains(job_that_meets(WHOLE, "submit_hangs"), error)
    assert PART.explains(job_that_meets(PART), error)


def test_a_failure_is_explained_by_what_makes_it() -> None:
    meets = job_that_meets(WHOLE, "submit_rejected_200")

    assert WHOLE.explains(meets, "provider-rejected")
    assert not WHOLE.explains(meets, "provider-failed")
    assert not WHOLE.explains(meets, "internal")
    assert WHOLE.explains(meets, None)
