"""The use cases on the fakes: no stack, no network, no clock."""

from dataclasses import dataclass, field

from faceswap.ports.executions import ExecutionState
from faceswap.rules.job import Job
from tests.fakes import (
    FakeAdmission,
    FakeDeliveries,
    FakeExecutions,
    FakeInbox,
    FakeJobs,
    FakeMedia,
    FakeMultipart,
    FakeQueue,
    FakeReader,
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
    admission: FakeAdmission
    queue: FakeQueue
    executions: FakeExecutions
    provider: ScriptedProvider
    reader: FakeReader
    states: dict[str, ExecutionState] = field(default_factory=dict)
    """What has become of the first execution of each job; no later one was ever started."""
    dead_executions: list[str] = field(default_factory=list)
    """The jobs of executions that have just ended other than well."""

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
    clock, script, jobs, media = Clock(START), Script(), FakeJobs(), FakeMedia()
    states: dict[str, ExecutionState] = {}
    dead: list[str] = []

    def state(job_id: str, number: int) -> ExecutionState:
        return states[job_id] if number == 1 else "never started"

    return FakedUseCases(
        jobs=jobs,
        job_lists=jobs,
        media=media,
        multipart=FakeMultipart(media),
        uploads=FakeUploads(),
        deliveries=FakeDeliveries(),
        inbox=FakeInbox(),
        admission=FakeAdmission(10_000),
        queue=FakeQueue(jobs),
        budgets=jobs.counted,
        executions=FakeExecutions(state=state, dead=lambda: dead),
        provider=ScriptedProvider(script, clock),
        reader=FakeReader(),
        clock=clock,
        script=script,
        results_at="https://provider.example",
        states=states,
        dead_executions=dead,
    )
