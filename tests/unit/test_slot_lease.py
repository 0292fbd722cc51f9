"""How long a job that is sent holds its slot at the provider, should nobody give it back."""

from datetime import datetime, timedelta

from faceswap.rules.job import Deadlines
from faceswap.rules.schedule import PollLimits
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.release_slot import ReleaseSlot
from faceswap.usecases.submit_job import SubmitContext, SubmitJob
from faceswap.usecases.wake_job import WakeJob
from tests.fakes import FakeExecutions, FakeJobs, FakeMedia, FakeProvider, FakeSlots, FakeUploads
from tests.support.creating import find_input_on
from tests.support.samples import JOB_ID, START, a_job

DEADLINES = Deadlines(upload=100, queue=200, job=300)
# The last poll of a job at its deadline may still find it there.
MARGIN = timedelta(minutes=15)


def submit_job(slots: FakeSlots, provider: FakeProvider, now: datetime) -> SubmitJob:
    jobs, executions = FakeJobs(), FakeExecutions()
    jobs.create(a_job())
    wake_job = WakeJob(jobs=jobs, executions=executions)
    release_slot = ReleaseSlot(slots=slots, jobs=jobs, wake_job=wake_job, clock=lambda: now)
    end_job = EndJob(
        jobs=jobs,
        executions=executions,
        release_slot=release_slot,
        finished=lambda _before, _after: None,
        clock=lambda: now,
    )
    context = SubmitContext(
        lambda: "key", lambda: "secret", lambda: "receipts", lambda _: None, "redirect", 60
    )
    return SubmitJob(
        jobs=jobs,
        media=FakeMedia(),
        find_input=find_input_on(FakeUploads(), FakeMedia()),
        slots=slots,
        provider=provider,
        end_job=end_job,
        context=context,
        deadlines=DEADLINES,
        poll_limits=PollLimits(first=15, longest=600),
        enabled=True,
        clock=lambda: now,
        random=lambda: 0.5,
    )


def test_a_slot_is_held_until_well_after_the_deadline_of_its_job() -> None:
    slots, provider = FakeSlots(1), FakeProvider()

    submit_job(slots, provider, START).run(JOB_ID, "https://api.example")

    assert provider.sent.total() == 1
    assert slots.until[JOB_ID] == START + timedelta(seconds=DEADLINES.job) + MARGIN


class LeftBetween(FakeSlots):
    """Full, until somebody leaves just after the first look."""

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        self.size += 1
        return super().take(job_id, now, until)


def test_a_slot_that_is_free_at_the_second_look_is_held_as_long() -> None:
    slots, provider = LeftBetween(-1), FakeProvider()

    submit_job(slots, provider, START).run(JOB_ID, "https://api.example")

    assert provider.sent.total() == 1
    assert slots.until[JOB_ID] == START + timedelta(seconds=DEADLINES.job) + MARGIN
