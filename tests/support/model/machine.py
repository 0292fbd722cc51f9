"""Every interleaving of uploads, submits, webhooks, looks, cancels, deletes, slots and crashes, by Hypothesis.

The use cases are the real ones; the stores, the provider and the clock are fakes, and each call that leaves a use
case is a step of its own.
"""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from faceswap.ports.executions import ExecutionState
from faceswap.ports.jobs import RefusedContentError
from faceswap.ports.quotas import OverQuotaError
from faceswap.provider.modelslab.webhook import read_webhook
from faceswap.rules import ids
from faceswap.rules.decisions import CollectLimits
from faceswap.rules.job import Deadlines, Job, ProviderDeletion
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.links import webhook_token
from faceswap.rules.media import UploadLimits, upload_key
from faceswap.rules.next_step import TIME_TO_ACT
from faceswap.rules.queue import LEASE_MARGIN, AdmissionState
from faceswap.rules.quotas import Quotas
from faceswap.rules.schedule import PollLimits
from faceswap.rules.status import FINAL, NEXT
from faceswap.rules.uploads import StoredObject, Upload
from faceswap.usecases.archive_result import ArchiveResult
from faceswap.usecases.cancel_job import CancelJob
from faceswap.usecases.collect_result import CollectResult
from faceswap.usecases.delete_job import DeleteJob
from faceswap.usecases.delete_upload import DeleteUpload
from faceswap.usecases.dispatch_slots import DispatchSlots
from faceswap.usecases.drain_job import DrainJob
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.enter_queue import EnterQueue
from faceswap.usecases.find_input import FindInput
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.hold_for_budget import HoldForBudget
from faceswap.usecases.hold_queue import HoldQueue
from faceswap.usecases.inspect_inputs import InspectInputs
from faceswap.usecases.keep_budget import KeepBudget
from faceswap.usecases.lift_hold import LiftHold
from faceswap.usecases.read_job import ReadJob
from faceswap.usecases.receive_webhook import ReceiveWebhook
from faceswap.usecases.release_slot import ReleaseSlot
from faceswap.usecases.retry import Retry
from faceswap.usecases.send_queued import SendQueued
from faceswap.usecases.settle_job import SettleJob
from faceswap.usecases.submit_job import SubmitContext, SubmitJob
from faceswap.usecases.sweep_jobs import SweepJobs
from faceswap.usecases.upload_landed import UploadLanded
from faceswap.usecases.wake_job import WakeJob
from faceswap.usecases.wake_when_complete import WakeWhenComplete
from tests.fakes import (
    FakeAdmission,
    FakeDeliveries,
    FakeExecutions,
    FakeInbox,
    FakeJobs,
    FakeMedia,
    FakeMultipart,
    FakeProvider,
    FakeQueue,
    FakeReader,
    FakeUploads,
    Order,
)
from tests.fakes.jobs import TableBehaviour
from tests.fakes.provider import FetchBehaviour, SubmitBehaviour
from tests.support.boxes import VIDEO
from tests.support.model.scenario import Execution
from tests.support.model.tasks import EXPECTED, Task, current, leave
from tests.support.samples import a_job

START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
DEADLINES = Deadlines(upload=1000, queue=6000, job=3000)
LIMITS = CollectLimits(timedelta(seconds=DEADLINES.job), timedelta(seconds=60))
POLL_LIMITS = PollLimits(first=15, longest=600)
SECRET = "secret"
ROOM = 2
LIMITS_OF_OWNERS = Quotas(jobs_a_day=3, open_jobs=3)
PRICE, DAILY_BUDGET = Decimal("0.16"), Decimal("0.50")
"""So that the budget of a day is for three jobs."""
_MOST_JOBS = 4
_MOST_ROUNDS = 500
_LAG = 20
_BETWEEN_SWEEPS = timedelta(seconds=600)
_DISPATCH_INTERVAL = timedelta(seconds=300)
_T = TypeVar("_T")
_any = st.integers(min_value=0, max_value=1000)


class _NeverGivesUp(CollectResult):
    """Raises for as long as there is something to raise."""

    def _count_failure(self, job: Job) -> Job:
        return job


class ClosesAtOnce(DrainJob):
    """Waits for no provider."""

    def run(self, job: Job, *, cleans: bool = True) -> Job | None:
        return super().run(job.model_copy(update={"provider_done": True}), cleans=cleans)


class AsksOnce(DrainJob):
    """Takes the provider's first no for an answer."""

    def _delete(self, job: Job) -> ProviderDeletion | None:
        return super()._delete(job) or "refused"


class LosesWakeups(DispatchSlots):
    """Nobody looks after those who were handed a slot and have not taken it up."""

    def _mend(self, state: AdmissionState, now: datetime) -> bool:
        return super()._mend(state.model_copy(update={"handed": {}}), now)


class SendsAsIfAwake(SendQueued):
    """Who is sent while his execution sleeps has taken his slot up before he is sent, and is not due."""

    def _send(self, job: Job, public_base_url: str) -> bool:
        self._submit_job().run(job.job_id, public_base_url)
        self._tell(job)
        return True


class _Jobs(FakeJobs):
    """Jobs whose entry in the queue's index comes late."""

    entered: Callable[[str], None]

    def note(self, job: Job, **changes: object) -> Job | None:
        noted = super().note(job, **changes)
        if noted and changes.get("queue_tag"):
            self.entered(job.job_id)
        return noted


class Model(RuleBasedStateMachine):
    """Some jobs, from the order to the end."""

    respects_seen: ClassVar[bool] = True
    cancel_frees_slot: ClassVar[bool] = False
    final_without_condition: ClassVar[bool] = False
    gives_up: ClassVar[bool] = True
    make_drain_job: ClassVar[type[DrainJob]] = DrainJob
    make_dispatch_slots: ClassVar[type[DispatchSlots]] = DispatchSlots
    make_send_queued: ClassVar[type[SendQueued]] = SendQueued
    lets_pass: ClassVar[bool] = False
    quotas: ClassVar[Quotas | None] = LIMITS_OF_OWNERS
    daily_budget: ClassVar[Decimal] = DAILY_BUDGET

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.woken_by: dict[str, Task | None] = {}
        """Who raised the wakeup_count of a job last."""
        self.jobs = _Jobs(leave, self._note_waker)
        self.admission = FakeAdmission(ROOM, leave, self._check_order)
        self.queue = FakeQueue(self.jobs, leave)
        self.jobs.entered = self.queue.unseen.add
        self.admission.lets_pass = self.lets_pass
        self.media, self.uploads = FakeMedia(leave), FakeUploads(leave)
        self.multipart = FakeMultipart(self.media, leave)
        self.provider, self.reader = FakeProvider(leave), FakeReader(leave)
        self.jobs.final_without_condition = self.final_without_condition
        self.plays: dict[str, Execution] = {}
        self.interferences: Counter[str] = Counter()
        self.tasks: list[Task] = []
        self.mail: list[Order] = []
        self._wire()

    def _wire(self) -> None:
        def clock() -> datetime:
            return self.now

        attempts = count()
        jobs, media, provider = self.jobs, self.media, self.provider
        admission, queue = self.admission, self.queue
        self.executions = executions = FakeExecutions(
            self._sleepers, self._state, leave, self._start, self._dead
        )
        self.wake_job = WakeJob(jobs=jobs, executions=executions)
        make_dispatch_slots = self.make_dispatch_slots
        dispatch_slots = make_dispatch_slots(
            admission=admission, queue=queue, jobs=jobs, wake_job=self.wake_job,
            lease=LIMITS.job_deadline + LEASE_MARGIN, enabled=True, failed=lambda _: None,
            clock=clock,
        )  # fmt: skip
        self.release_slot = ReleaseSlot(
            admission=admission, dispatch_slots=dispatch_slots, clock=clock
        )
        enter_queue = EnterQueue(
            admission=admission, queue=queue, jobs=jobs, dispatch_slots=dispatch_slots, clock=clock
        )
        self.end_job = EndJob(
            jobs=jobs, executions=executions, queue=queue, release_slot=self.release_slot,
            finished=lambda _before, _after: None, clock=clock,
        )  # fmt: skip
        context = SubmitContext(
            lambda: "key", lambda: SECRET, lambda: SECRET, lambda _: None, "redirect", 60
        )
        find_input = FindInput(
            find_upload=FindUpload(uploads=self.uploads, find=media.find), find=media.find,
            limits=UploadLimits(video=1000, image=1000),
        )  # fmt: skip
        self.upload_landed = UploadLanded(
            uploads=self.uploads, find=media.find, delete_object=media.delete,
            wake_when_complete=WakeWhenComplete(
                jobs=jobs, find_input=find_input, wake_job=self.wake_job
            ),
        )  # fmt: skip
        self.delete_upload = DeleteUpload(
            uploads=self.uploads, jobs=jobs, media=media, multipart=self.multipart, clock=clock
        )
        keep_budget = KeepBudget(
            admission=admission, budgets=jobs.counted, dispatch_slots=dispatch_slots,
            daily=self.daily_budget, price=PRICE, currency="USD", used=lambda _: None, clock=clock,
        )  # fmt: skip
        retry = Retry(sleep=lambda _: None, random=lambda: 0.5)
        self.submit_job = SubmitJob(
            jobs=jobs, media=media, find_input=find_input,
            inspect_inputs=InspectInputs(
                media=media, uploads=self.uploads, max_video_seconds=60
            ),
            admission=admission, enter_queue=enter_queue,
            hold_queue=HoldQueue(
                admission=admission, queue=queue, dispatch_slots=dispatch_slots, clock=clock
            ),
            lift_hold=LiftHold(admission=admission, dispatch_slots=dispatch_slots),
            hold_for_budget=HoldForBudget(admission=admission, queue=queue, clock=clock).run,
            release_slot=self.release_slot, provider=provider, end_job=self.end_job,
            context=context, keep_budget=keep_budget, retry=retry, deadlines=DEADLINES,
            poll_limits=POLL_LIMITS, enabled=True, clock=clock,
            random=lambda: 0.5,
        )  # fmt: skip
        self.send_queued = self.make_send_queued(
            admission=admission, dispatch_slots=dispatch_slots, jobs=jobs, executions=executions,
            wake_job=self.wake_job, submit_job=lambda: self.submit_job, retry=retry,
            failed=_only_expected, clock=clock,
        )  # fmt: skip
        archive_result = ArchiveResult(
            media=media, reader=self.reader, attempt=lambda: str(next(attempts))
        )
        settle_job = SettleJob(media=media)
        make_drain_job = self.make_drain_job
        drain_job = make_drain_job(
            jobs=jobs, provider=provider, provider_key=lambda: "key", refused=lambda _: None,
            not_deleted=lambda: None, release_slot=self.release_slot, settle_job=settle_job,
            job_deadline=timedelta(seconds=DEADLINES.job), clock=clock,
        )  # fmt: skip
        make_collect_result = CollectResult if self.gives_up else _NeverGivesUp
        self.collect_result = make_collect_result(
            jobs=jobs, media=media, provider=provider, provider_key=lambda: "key",
            refused=lambda _: None, archive_result=archive_result, end_job=self.end_job,
            settle_job=settle_job, drain_job=drain_job, limits=LIMITS,
            poll_limits=POLL_LIMITS, clock=clock, random=lambda: 0.5,
        )  # fmt: skip
        read_job = ReadJob(jobs=jobs)
        self.cancel_job = CancelJob(read_job=read_job, end_job=self.end_job)
        self.delete_job = DeleteJob(
            jobs=jobs, uploads=self.uploads, deliveries=FakeDeliveries(), inbox=FakeInbox(),
            media=media, multipart=self.multipart, provider=provider, provider_key=lambda: "key",
            read_job=read_job, cancel_job=self.cancel_job, executions=executions, clock=clock,
        )  # fmt: skip
        self.receive_webhook = ReceiveWebhook(
            jobs=jobs, read=read_webhook, wake_job=self.wake_job,
            secrets=lambda: [SECRET], provider_key=lambda: "key", clock=clock,
        )  # fmt: skip
        self.sweep_jobs = SweepJobs(
            jobs=jobs,
            job_lists=jobs, executions=executions, wake_job=self.wake_job,
            dispatch_slots=dispatch_slots, clock=clock, keep_budget=keep_budget,
        )  # fmt: skip

    # What happens.

    @initialize(has_landed=st.booleans(), interference=st.integers(min_value=0, max_value=2))
    def first_job(self, has_landed: bool, interference: int) -> None:
        self.order("me", has_landed, interference)

    @precondition(lambda self: len(self.plays) < _MOST_JOBS)
    @rule(
        owner=st.sampled_from(["me", "you"]),
        has_landed=st.booleans(),
        interference=st.sampled_from([0, 0, 0, 1, 2]),
    )
    def order(self, owner: str, has_landed: bool, interference: int) -> None:
        number = len(self.plays)
        job_id = ids.job_id(bytes([number]) * 16)
        upload_id = ids.upload_id(bytes([number]) * 16)
        key = upload_key(upload_id, "init_video", "video/mp4")
        media = a_job().media | {"init_video": UploadedMedia(key=key)}
        deadline = DEADLINES.queue if has_landed else DEADLINES.upload
        job = a_job(
            job_id=job_id,
            owner=owner,
            status="queued" if has_landed else "awaiting_upload",
            created_at=self.now,
            updated_at=self.now,
            queued_at=self.now if has_landed else None,
            deadline_at=self.now + timedelta(seconds=deadline),
            due_at=self.now + TIME_TO_ACT,
            media=media,
            counted_on=self.now.date(),
            counted_open=True,
            price=PRICE,
            currency="USD",
        )
        try:
            assert self.jobs.create(job, self.quotas) is None
        except OverQuotaError:
            return
        if has_landed:
            self.media.objects[key] = VIDEO
        named_by = frozenset({job_id})
        self.uploads.now[upload_id] = Upload(
            upload_id=upload_id, owner=owner, purpose="init_video", content_type="video/mp4",
            size=len(VIDEO), key=key, created_at=self.now, expires_at=self.now, named_by=named_by,
            waiters=frozenset() if has_landed else named_by,
        )  # fmt: skip
        self.interferences += Counter({job_id: interference})
        self._start(job_id, 1)

    @precondition(lambda self: any(j.status == "awaiting_upload" for j in self._jobs()))
    @rule(which=_any, is_told=st.booleans())
    def land(self, which: int, is_told: bool) -> None:
        job = _pick([j for j in self._jobs() if j.status == "awaiting_upload"], which)
        self.media.objects[job.uploads["init_video"].key] = VIDEO
        if is_told:
            self._begin("landed", lambda: self._landed(job.uploads["init_video"].key))

    @rule(which=_any)
    def land_again(self, which: int) -> None:
        """The bucket's event comes again, whatever has become of the upload and its job."""
        number = which % len(self.plays)
        key = upload_key(ids.upload_id(bytes([number]) * 16), "init_video", "video/mp4")
        self._begin("landed", lambda: self._landed(key))

    @rule(which=_any)
    def give_up(self, which: int) -> None:
        """Its owner gives an upload up."""
        job = _pick(self._jobs(), which)
        upload_id = ids.upload_id(bytes([which % len(self.plays)]) * 16)
        self._begin("give up", lambda: self.delete_upload.run(upload_id, job.owner))

    @rule(which=_any)
    def proceed(self, which: int) -> None:
        self._proceed(_pick(list(self.plays.values()), which))

    @rule(which=_any, transitions=st.integers(min_value=1, max_value=4))
    def advance(self, which: int, transitions: int) -> None:
        """Some transitions without anybody between."""
        play = _pick(list(self.plays.values()), which)
        for _ in range(transitions):
            self._proceed(play)
            if play.task:
                play.task.finish()
            self.check()

    @precondition(lambda self: self._live())
    @rule(which=_any, steps=st.integers(min_value=1, max_value=12))
    def step(self, which: int, steps: int) -> None:
        task = _pick(self._live(), which)
        for _ in range(steps):
            if not task.is_over:
                task.step()
                self.check()

    @precondition(lambda self: self._live())
    @rule(which=_any, dies=st.sampled_from([False, False, True]))
    def kill(self, which: int, dies: bool) -> None:
        task = _pick(self._live(), which)
        if dies:
            task.kill()
        else:
            task.finish()

    @precondition(lambda self: any(order.outcome == "runs" for order in self.provider.orders))
    @rule(which=_any, succeeds=st.booleans(), is_told=st.sampled_from([True, True, False]))
    def finish(self, which: int, succeeds: bool, is_told: bool) -> None:
        order = _pick([each for each in self.provider.orders if each.outcome == "runs"], which)
        order.outcome = "success" if succeeds else "failed"
        if is_told:
            self.mail.append(order)

    @precondition(lambda self: self.mail)
    @rule(which=_any, again=st.booleans())
    def deliver(self, which: int, again: bool) -> None:
        order = _pick(self.mail, which)
        if not again:
            self.mail.remove(order)
        job_id = next(j.job_id for j in self._jobs() if j.track_id == order.track_id)
        self._begin("webhook", lambda: self._receive(job_id, order.message))

    @precondition(lambda self: self.interferences)
    @rule(which=_any)
    def cancel(self, which: int) -> None:
        job = self._interfere(which)
        self._begin("cancel", lambda: self._cancel(job))

    @precondition(lambda self: self.interferences)
    @rule(which=_any)
    def delete(self, which: int) -> None:
        job = self._interfere(which)
        self._begin("delete", lambda: self.delete_job.run(job.job_id, job.owner))

    @rule(seconds=st.sampled_from([1, 20, 61, 300, 1000]))
    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        if seconds >= _LAG:
            self.queue.unseen.clear()

    @precondition(lambda self: self.queue.unseen)
    @rule()
    def index(self) -> None:
        """The index of the queue catches up."""
        self.queue.unseen.clear()

    @rule(
        submit=st.sampled_from(
            [
                "accepted",
                "accepted",
                "immediate",
                "refused",
                "rejected",
                "lost before",
                "lost after",
            ]
        ),
        fetch=st.sampled_from(["answers", "answers", "unclear"]),
        is_broken=st.booleans(),
        deletes=st.booleans(),
        table=st.sampled_from(
            ["takes all", "takes all", "refuses what is optional", "refuses results"]
        ),
    )
    def change_behaviour(
        self,
        submit: SubmitBehaviour,
        fetch: FetchBehaviour,
        is_broken: bool,
        deletes: bool,
        table: TableBehaviour,
    ) -> None:
        self.jobs.behaviour = table
        self.provider.deletes = deletes
        self.provider.submit_behaviour, self.provider.fetch_behaviour = submit, fetch
        self.reader.is_broken = is_broken

    @precondition(lambda self: self.interferences)
    @rule(which=_any)
    def stop_execution(self, which: int) -> None:
        self.plays[self._interfere(which).job_id].state = "killed"

    @precondition(lambda self: any(play.state == "killed" for play in self.plays.values()))
    @rule()
    def sweep(self) -> None:
        self._begin("sweep", self._sweep)

    @precondition(lambda self: self.admission.waiting_at)
    @rule()
    def look_at_queue(self) -> None:
        """The schedule does, once a minute; the one before may still be at it."""
        self._begin("look", self._look)

    # What always holds.

    @invariant()
    def check(self) -> None:
        for job in self._jobs():
            self._check_history(job.job_id)
            sent, refused = self.provider.sent[job.track_id], self.provider.refused[job.track_id]
            assert sent - refused <= 1, "the provider was asked twice"
            orders = [o for o in self.provider.orders if o.track_id == job.track_id]
            assert len(orders) <= 1, "the provider was paid twice"
            if orders and orders[0].outcome == "runs" and self.now < job.deadline_at:
                assert job.job_id in self.admission.leases, "a job runs that holds no slot"
        for play in self.plays.values():
            self._check_sleep(play)
        self._check_counters()

    def _check_counters(self) -> None:
        """Never more admitted than allowed, never spent beyond the budget, and all that is counted is there."""
        counted, jobs = self.jobs.counted, self._jobs()
        for owner in ("me", "you"):
            own = [job for job in jobs if job.owner == owner]
            is_open = sum(not job.is_final for job in own)
            assert counted.open_jobs[owner] == is_open, "open jobs are miscounted"
            assert is_open <= (LIMITS_OF_OWNERS.open_jobs or 0), "more admitted than allowed"
            used = sum(job.submitted_at is not None or not job.is_final for job in own)
            of_days = sum(u.jobs for (who, _), u in counted.days.items() if who == owner)
            assert of_days == used, "jobs of the day are miscounted"
        for (day, _currency), reserved in counted.reserved.items():
            spent = [job for job in jobs if job.spent_on == day]
            assert reserved == PRICE * len(spent), "what is spent is miscounted"
            assert reserved <= DAILY_BUDGET, "spent beyond the budget"
        covered = {job.track_id for job in jobs if job.spent_on}
        started = {order.track_id for order in self.provider.orders}
        assert started <= covered, "a job was started whose price is not counted"

    def _check_history(self, job_id: str) -> None:
        past = self.jobs.past[job_id]
        finals = [job for change, job in past if change == "status" and job.status in FINAL]
        assert len(finals) <= 1, "a final status changed"
        for (_, before), (change, after) in pairwise(past):
            if change == "status":
                assert before.status not in FINAL, "a final status changed"
                assert after.version == before.version + 1, "a version was left out"
                assert after.status in NEXT[before.status], "a status followed that may not"
            else:
                same = (after.version, after.status) == (before.version, before.status)
                assert same, "a note changed status or version"

    def _check_sleep(self, play: Execution) -> None:
        """Who sleeps has seen all there is, or somebody is on the way to wake him, or died on it."""
        job = self.jobs.now[play.job_id]
        is_closed = (
            job.task_token is None
        )  # while it slept: whoever did that wakes it, or it has nothing to do
        if play.state == "asleep" and job.wakeup_count != play.wakeup_count and not is_closed:
            teller = self.woken_by[play.job_id]
            assert teller is not None, "a wakeup_count that nobody gave"
            assert not teller.is_over or teller.was_killed, "a job sleeps past news"

    def teardown(self) -> None:
        """Let everybody do what is left, without more news: every job ends."""
        try:
            self._come_to_an_end()
        finally:
            for task in self._live():
                task.kill()

    def _come_to_an_end(self) -> None:
        # What the table refuses it may refuse for ever; all else comes right in the end.
        self.change_behaviour(
            "accepted", "answers", is_broken=False, deletes=True, table=self.jobs.behaviour
        )
        next_sweep = next_dispatch = self.now + _BETWEEN_SWEEPS
        for _ in range(_MOST_ROUNDS):
            for order in self.provider.orders:
                order.outcome = "success" if order.outcome == "runs" else order.outcome
            for task in self._live():
                task.finish()
            self.check()
            for play in self.plays.values():
                self._proceed(play)
            if all(play.state in {"done", "killed"} for play in self.plays.values()):
                if all(job.closed_at for job in self._jobs()):
                    self._check_bucket()
                    self._check_slots()
                    self._check_erasure()
                    return
                self.now += timedelta(hours=1)
                self._begin("sweep", self._sweep)
            elif not self._live():
                self.now = max(self.now, min(self._next_moment(), next_sweep, next_dispatch))
                self.queue.unseen.clear()
                if self.now >= next_dispatch:
                    self._begin("look", self._look)
                    self.tasks[-1].finish()
                    next_dispatch = self.now + _DISPATCH_INTERVAL
                if self.now >= next_sweep:
                    self._begin("sweep", self._sweep)
                    self.tasks[-1].finish()
                    self._check_handed()
                    next_sweep = self.now + _BETWEEN_SWEEPS
        ends = [(job.status, job.closed_at) for job in self._jobs()]
        raise AssertionError(f"jobs that do not end: {ends}")

    def _check_handed(self) -> None:
        """After a sweep nobody sleeps on a slot that he was handed a while ago, or past what he was sent for."""
        for job_id in self.admission.state().late(self.now):
            assert self.plays[job_id].state != "asleep", "a job sleeps on a slot"
        longest = self.now + timedelta(seconds=POLL_LIMITS.longest)
        for play in self.plays.values():
            job = self.jobs.now[play.job_id]
            if play.state == "asleep" and job.status in {"submitting", "processing"}:
                is_late = play.until is None or play.until > longest
                is_due = job.due_at is not None and job.due_at <= self.now + TIME_TO_ACT
                is_handed = job.job_id in self.admission.handed
                assert is_due or is_handed or not is_late, "nobody looks after a job that was sent"

    def _check_order(self, job_id: str) -> None:
        """Called for who takes a slot that he was not handed: nobody sleeps in the queue."""
        waiting = [
            job.job_id
            for job in self._jobs()
            if job.status == "queued" and job.queue_tag and job.job_id not in self.admission.leases
            if self.plays[job.job_id].state == "asleep"
        ]
        assert set(waiting) <= {job_id}, "a newcomer passes one that waits"

    def _check_bucket(self) -> None:
        """No copy is left that no job names, unless somebody died on it."""
        named = {job.result.key for job in self._jobs() if job.result}
        copies = {key for key in self.media.objects if key.startswith("results/")}
        lying = {key for key in self.media.objects if key.startswith("uploads/")}
        kept = {upload.key for upload in self.uploads.now.values() if upload.erased_at is None}
        if not any(task.was_killed for task in self.tasks):
            assert copies <= named, "a copy is nobody's"
            assert lying <= kept, "an upload is nobody's"
        for job in self._jobs():
            assert job.result is None or job.result.key in copies, "a result is gone"

    def _check_slots(self) -> None:
        """Nobody holds a slot for a job that is closed, unless somebody died on it."""
        if not any(task.was_killed for task in self.tasks):
            assert not self.admission.leases, "a slot is held for nobody"

    def _check_erasure(self) -> None:
        """Of an erased job nothing is left, here or where it was made, as far as anybody knows by what id."""
        for job in self._jobs():
            if job.erased_at is None:
                continue
            assert not job.media, "an erased job names its media"
            assert job.task_token is None, "an erased job keeps its token"
            left = [name for name in job.model_fields_set if name.startswith("evidence_")]
            assert not left, f"an erased job keeps {left}"
            made = [o for o in self.provider.orders if o.request_id == job.request_id]
            assert all(order.is_deleted for order in made), "the provider keeps an erased job"

    # Helpers.

    def _note_waker(self, job_id: str) -> None:
        self.woken_by[job_id] = current()

    def _jobs(self) -> list[Job]:
        return list(self.jobs.now.values())

    def _interfere(self, which: int) -> Job:
        """A job that is cancelled, deleted or stopped; most jobs never are, and none more than twice."""
        job_id = _pick(sorted(self.interferences), which)
        self.interferences[job_id] -= 1
        self.interferences += Counter()
        return self.jobs.now[job_id]

    def _live(self) -> list[Task]:
        return [task for task in self.tasks if not task.is_over]

    def _begin(self, name: str, run: Callable[[], object]) -> None:
        self.tasks.append(Task(name, run))

    def _next_moment(self) -> datetime:
        """When the first of those who sleep looks again; at once if somebody is awake."""
        moments = [
            play.until if play.state in {"asleep", "pause"} and play.until else self.now
            for play in self.plays.values()
            if play.state not in {"done", "killed"}
        ]
        return min(moments)

    def _proceed(self, play: Execution) -> None:
        task = play.proceed(self.now)
        if task:
            self.tasks.append(task)

    def _start(self, job_id: str, number: int) -> None:
        self.plays[job_id] = Execution(
            job_id,
            self.jobs,
            submit=lambda: self.submit_job.run(job_id, "https://api.example"),
            collect=lambda paused: self.collect_result.run(
                job_id, seconds_left=lambda: 60.0, after_failure=paused
            ),
            respects_seen=self.respects_seen,
            number=number,
        )

    def _sleepers(self) -> list[tuple[str, Callable[[], None]]]:
        return [(play.token, play.rise) for play in self.plays.values() if play.state == "asleep"]

    def _state(self, job_id: str, number: int) -> ExecutionState:
        play = self.plays[job_id]
        if play.number < number:
            return "never started"
        return "ended" if play.state in {"done", "killed"} else "running"

    def _dead(self) -> list[str]:
        return [play.job_id for play in self.plays.values() if play.state == "killed"]

    def _landed(self, key: str) -> None:
        content = self.media.objects.get(key, VIDEO)
        self.upload_landed.run(key, StoredObject(size=len(content), etag="e"))

    def _receive(self, job_id: str, body: bytes) -> None:
        self.receive_webhook.run(job_id, webhook_token(SECRET, job_id), body, None)

    def _cancel(self, job: Job) -> None:
        self.cancel_job.run(job.job_id, job.owner)
        if self.cancel_frees_slot:
            self.admission.give_back(job.job_id, though_awaited=True)

    def _look(self) -> None:
        self.send_queued.run("https://api.example", has_time=lambda: True)

    def _sweep(self) -> None:
        def failed(job_id: str) -> None:
            hindered = isinstance(sys.exception(), RefusedContentError)
            if not hindered:
                raise RuntimeError(f"the sweep of {job_id} failed")

        self.sweep_jobs.run(has_time=lambda: True, failed=failed)


def _only_expected(job_id: str) -> None:
    """Told of a job that could not be sent: of what a task may raise only."""
    is_expected = isinstance(sys.exception(), EXPECTED)
    if not is_expected:
        raise RuntimeError(f"sending {job_id} failed")


def _pick(them: list[_T], which: int) -> _T:
    return them[which % len(them)]
