"""No interleaving breaks what users rely on; eleven deliberate bugs show that the model would notice."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fakes.provider import SubmitBehaviour
from tests.support.model.machine import (
    AsksOnce,
    ClosesAtOnce,
    LosesWakeups,
    Model,
    SendsAsIfAwake,
)

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


class GivesSlotsBackTooEarly(Model):
    """A cancelled job closes while the provider is at it."""

    make_drain_job = ClosesAtOnce


class LeavesWhatWasErased(Model):
    """The provider is asked to delete once."""

    make_drain_job = AsksOnce


class LeavesWhoWasHanded(Model):
    """A wake-up that is lost after a hand-over is not made good."""

    make_dispatch_slots = LosesWakeups


class LeavesWhoWasSentAsleep(Model):
    """Whoever sends a job while its execution sleeps, and dies over it, leaves that to nobody."""

    make_send_queued = SendsAsIfAwake


class LetsNewcomersPass(Model):
    """A slot that is free goes to who comes anew."""

    lets_pass = True


class AdmitsEverybody(Model):
    """A job is counted, and no limit is looked at."""

    quotas = None


class SpendsOn(Model):
    """A submit looks at no budget."""

    daily_budget = Decimal(1000)


def test_no_interleaving_loses_a_job_or_pays_twice() -> None:
    run_state_machine_as_test(Model, settings=_SETTINGS)


@pytest.mark.parametrize(
    ("mutant", "words"),
    [
        (SleepsPastNews, "a job sleeps past news"),
    ],
)
def test_a_deliberate_bug_is_found(mutant: type[Model], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        run_state_machine_as_test(mutant, settings=_TO_FIND_A_BUG)


def _is_cancelled_while_it_runs(model: Model) -> None:
    model.first_job(has_landed=True, interference=1)
    model.advance(which=0, transitions=4)
    model.cancel(which=0)
    model.kill(which=0, dies=False)
    model.advance(which=0, transitions=4)


def _is_erased_where_nothing_is_deleted(model: Model) -> None:
    model.first_job(has_landed=True, interference=1)
    model.advance(which=0, transitions=4)
    model.change_behaviour("accepted", "answers", is_broken=False, deletes=False, table="takes all")
    model.delete(which=0)
    model.kill(which=0, dies=False)
    model.finish(which=0, succeeds=True, is_told=False)
    model.pass_time(seconds=1000)
    model.advance(which=0, transitions=4)


def _dies_after_the_hand_over(model: Model) -> None:
    """Two jobs have the two slots, a third waits; the first is done, and dies before it wakes the third."""
    model.first_job(has_landed=True, interference=0)
    for _ in range(2):
        model.order("you", has_landed=True, interference=0)
    for which in range(3):
        model.advance(which=which, transitions=4)
    model.pass_time(seconds=61)
    for _ in range(3):
        model.advance(which=2, transitions=4)  # polls once more, and sleeps until its deadline
    model.finish(which=0, succeeds=True, is_told=False)
    model.proceed(which=0)
    model.proceed(which=0)
    while not model.admission.handed:
        model.step(which=0, steps=1)
    model.kill(which=0, dies=True)


def _sleeps_in_the_queue(model: Model, then: SubmitBehaviour) -> None:
    """The job was refused, and sleeps until its deadline; then somebody looks at the queue."""
    model.first_job(has_landed=True, interference=1)
    model.change_behaviour("refused", "answers", is_broken=False, deletes=True, table="takes all")
    model.advance(which=0, transitions=4)
    model.pass_time(seconds=61)
    for _ in range(2):
        model.advance(which=0, transitions=4)  # polls once, and sleeps
    model.pass_time(seconds=300)
    (play,) = model.plays.values()
    assert (play.state, play.until) == ("asleep", model.jobs.now[play.job_id].deadline_at)
    model.change_behaviour(then, "answers", is_broken=False, deletes=True, table="takes all")
    model.look_at_queue()


def _dies_over_a_job_that_sleeps(model: Model) -> None:
    """Whoever looks at the queue sends it, and dies before the answer."""
    _sleeps_in_the_queue(model, "lost after")
    (job,) = model.jobs.now.values()
    while not model.provider.orders:
        model.step(which=0, steps=1)
    assert model.jobs.now[job.job_id].status == "submitting"
    model.kill(which=0, dies=True)


def _comes_while_another_waits(model: Model) -> None:
    """The provider has taken nobody for a while; now it does, and somebody comes before those who wait have risen."""
    model.first_job(has_landed=True, interference=0)
    model.change_behaviour("refused", "answers", is_broken=False, deletes=True, table="takes all")
    model.order("you", has_landed=True, interference=0)
    for which in range(2):
        model.advance(which=which, transitions=4)
    model.pass_time(seconds=61)
    model.order("me", has_landed=True, interference=0)
    model.advance(which=2, transitions=4)


def _ends_where_no_result_is_taken(model: Model) -> None:
    model.first_job(has_landed=True, interference=0)
    model.advance(which=0, transitions=4)
    model.change_behaviour(
        "accepted", "answers", is_broken=False, deletes=True, table="refuses results"
    )
    model.finish(which=0, succeeds=True, is_told=True)
    model.deliver(which=0, again=False)
    model.kill(which=0, dies=False)


def _four_are_brought(model: Model) -> None:
    """By one owner, who may have three; each is sent as soon as there is room."""
    model.first_job(has_landed=True, interference=0)
    for _ in range(3):
        model.order("me", has_landed=True, interference=0)
    model.check()


def _four_are_sent(model: Model) -> None:
    """By two owners, one after the other, while the budget is for three."""
    model.first_job(has_landed=True, interference=0)
    for number in range(3):
        model.order("you", has_landed=True, interference=0)
        model.advance(which=number, transitions=4)
        model.finish(which=0, succeeds=True, is_told=False)
        model.pass_time(seconds=300)
        model.advance(which=number, transitions=4)
    model.advance(which=3, transitions=4)


@pytest.mark.parametrize(
    ("mutant", "happens", "words"),
    [
        (AdmitsEverybody, _four_are_brought, "more admitted than allowed"),
        (SpendsOn, _four_are_sent, "spent beyond the budget"),
        (FreesSlotOnCancel, _is_cancelled_while_it_runs, "a job runs that holds no slot"),
        (GivesSlotsBackTooEarly, _is_cancelled_while_it_runs, "a job runs that holds no slot"),
        (LeavesWhatWasErased, _is_erased_where_nothing_is_deleted, "keeps an erased job"),
        (LeavesWhoWasSentAsleep, _dies_over_a_job_that_sleeps, "nobody looks after a job"),
        (LeavesWhoWasHanded, _dies_after_the_hand_over, "a job sleeps on a slot"),
        (LetsNewcomersPass, _comes_while_another_waits, "a newcomer passes"),
        (NeverGivesUp, _ends_where_no_result_is_taken, "jobs that do not end"),
    ],
)
def test_a_bug_that_is_met_seldom_is_found_where_it_is_met(
    mutant: type[Model], happens: Callable[[Model], None], words: str
) -> None:
    _live(Model(), happens)
    with pytest.raises(AssertionError, match=words):
        _live(mutant(), happens)


_ANSWERS: list[SubmitBehaviour] = [
    "accepted", "immediate", "refused", "rejected", "lost before", "lost after"
]  # fmt: skip


@pytest.mark.parametrize("answer", _ANSWERS)
@pytest.mark.parametrize("what", ["dies", "comes twice", "is cancelled", "is deleted", "rises"])
def test_whatever_happens_at_whichever_call_of_a_look_at_the_queue_the_job_is_paid_once_and_ends(
    answer: SubmitBehaviour, what: str
) -> None:
    """The invariants of the model are what is asserted, beside the end."""
    for steps in range(40):
        model = Model()
        _live(model, partial(_is_looked_at, answer, what, steps))
        (job,) = model.jobs.now.values()
        assert job.closed_at
        if what in {"comes twice", "rises"} and answer in {"accepted", "immediate", "refused"}:
            assert job.status == "succeeded"


def _is_looked_at(answer: SubmitBehaviour, what: str, steps: int, model: Model) -> None:
    _sleeps_in_the_queue(model, answer)
    look = model.tasks[-1]
    for _ in range(steps):
        if not look.is_over:
            look.step()
            model.check()
    match what:
        case "dies" if not look.is_over:
            look.kill()
        case "comes twice":
            model.look_at_queue()
            model.tasks[-1].finish()
        case "is cancelled":
            model.cancel(which=0)
            model.tasks[-1].finish()
        case "is deleted":
            model.delete(which=0)
            model.tasks[-1].finish()
        case "rises":
            (play,) = model.plays.values()
            play.rise()
            model.advance(which=0, transitions=4)
        case _:
            pass
    model.check()
    if not look.is_over:
        look.finish()


def test_a_final_write_without_its_condition_is_found_when_a_cancel_comes_between() -> None:
    found = []
    for steps in range(12):
        _live(Model(), partial(_is_cancelled_while_it_is_collected, steps))
        try:
            _live(EndsTwice(), partial(_is_cancelled_while_it_is_collected, steps))
        except AssertionError as error:
            found.append(str(error))

    assert any("a final status changed" in text for text in found)


def _is_cancelled_while_it_is_collected(steps: int, model: Model) -> None:
    """The Collect task has come so far when its job is cancelled."""
    model.first_job(has_landed=True, interference=1)
    model.advance(which=0, transitions=4)
    model.finish(which=0, succeeds=True, is_told=False)
    model.pass_time(seconds=1000)
    model.proceed(which=0)
    model.proceed(which=0)
    if steps:
        model.step(which=0, steps=steps)
    model.cancel(which=0)
    for task in reversed(model.tasks):
        task.finish()


def _live(model: Model, happens: Callable[[Model], None]) -> None:
    try:
        happens(model)
    finally:
        model.teardown()
