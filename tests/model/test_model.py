"""No interleaving breaks what users rely on; four deliberate bugs show that the model would notice."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.model.machine import Model

_SETTINGS = settings(
    max_examples=150,
    stateful_step_count=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
_TO_FIND_A_BUG = settings(
    _SETTINGS, max_examples=2000, phases=[Phase.generate], report_multiple_bugs=False
)


class SleepsPastNews(Model):
    """Wait stores its token whatever was seen."""

    respects_seen = False


class FreesSlotOnCancel(Model):
    """A cancelled job gives its slot back although the provider is at it."""

    cancel_frees_slot = True


class EndsTwice(Model):
    """The final write names no status."""

    final_without_condition = True


class NeverGivesUp(Model):
    """What raises in Collect is tried again past every deadline."""

    gives_up = False


def test_no_interleaving_loses_a_job_or_pays_twice() -> None:
    run_state_machine_as_test(Model, settings=_SETTINGS)


@pytest.mark.parametrize(
    ("mutant", "words"),
    [
        (SleepsPastNews, "a job sleeps past news"),
        (FreesSlotOnCancel, "a job runs that holds no slot"),
        (NeverGivesUp, "jobs that do not end"),
        (EndsTwice, "a final status changed|a version was left out"),
    ],
)
def test_a_deliberate_bug_is_found(mutant: type[Model], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        run_state_machine_as_test(mutant, settings=_TO_FIND_A_BUG)
