"""The use cases on the fakes: no stack, no network, no clock."""

from dataclasses import dataclass, field

from faceswap.ports import ExecutionState
from faceswap.rules.job import Job
from tests.fakes import (
    FakeDeliveries,
    FakeExecutions,
    FakeInbox,
    FakeJobs,
    FakeMedia,
    FakeReader,
    FakeSlots,
    FakeUploads,
)
from tests.support.samples import START
from tests.support.scripted import Script, ScriptedProvider
from tests.support.wired_use_cases import Clock, WiredUseCases


@dataclass(kw_only=True)
class FakedUseCases(WiredUseCases):
    """The use cases on fakes, with time, provider and executions in the hands of the test."""

    jobs: FakeJobs
    media: FakeMedia
    uploads: FakeUploads
    deliveries: FakeDeliveries
    inbox: FakeInbox
    slots: FakeSlots
    executions: FakeExecutions
    provider: ScriptedProvider
    reader: FakeReader
    states: dict[str, ExecutionState] = field(default_factory=dict)
    """What has become of the first execution of each job; no later one was ever started."""

    def asked(self, word: str) -> int:
        """How many requests to the provider, or for a result, had this word in their path."""
        return sum(word in path for path in [*self.provider.paths, *self.reader.opened])

    def results(self, job: Job) -> list[str]:
        """The keys of the job's copies in the bucket."""
        return [key for key in self.media.objects if key.startswith(f"results/{job.job_id}/")]

    def writes(self, job: Job) -> int:
        """How often the job was written."""
        return len(self.jobs.past[job.job_id])


def faked_use_cases() -> FakedUseCases:
    """The use cases on fakes that hold nothing, with room at the provider."""
    clock, script = Clock(START), Script()
    states: dict[str, ExecutionState] = {}

    def state(job_id: str, number: int) -> ExecutionState:
        return states[job_id] if number == 1 else "never started"

    return FakedUseCases(
        jobs=FakeJobs(),
        media=FakeMedia(),
        uploads=FakeUploads(),
        deliveries=FakeDeliveries(),
        inbox=FakeInbox(),
        slots=FakeSlots(10_000),
        executions=FakeExecutions(state=state),
        provider=ScriptedProvider(script, clock),
        reader=FakeReader(),
        clock=clock,
        script=script,
        results_at="https://provider.example",
        states=states,
    )
