"""The Submit task: bring a job to the provider, once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from faceswap.ports.admission import Admission
from faceswap.ports.jobs import Jobs
from faceswap.ports.media import MediaBucket
from faceswap.ports.provider import Provider, Submission
from faceswap.ports.quotas import OverBudgetError
from faceswap.rules.consent import ConsentHmacs, hmacs_of, sha256
from faceswap.rules.decisions import Decision, Fail, Move, Note, after_submit, refused_alone
from faceswap.rules.errors import Fault
from faceswap.rules.job import Deadlines, Failure, Job
from faceswap.rules.job_media import LinkedMedia, Media, StoredMedia
from faceswap.rules.links import input_token, input_url, webhook_token, webhook_url
from faceswap.rules.media import Purpose, extension_of_key
from faceswap.rules.next_step import TIME_TO_ACT, NextStep, wait
from faceswap.rules.queue import LEASE_MARGIN
from faceswap.rules.reply import Reply
from faceswap.rules.schedule import PollLimits, next_poll
from faceswap.usecases.end_job import EndJob
from faceswap.usecases.enter_queue import EnterQueue
from faceswap.usecases.find_input import FindInput, FoundInput
from faceswap.usecases.hold_queue import Held, HoldQueue
from faceswap.usecases.inspect_inputs import InspectInputs
from faceswap.usecases.lift_hold import LiftHold
from faceswap.usecases.release_slot import ReleaseSlot
from faceswap.usecases.retry import Retry

if TYPE_CHECKING:
    from faceswap.usecases.keep_budget import KeepBudget

Inputs = Mapping[Purpose, FoundInput | None]
"""A job's inputs in the bucket as they are now; None for one that is gone."""
InputLinks = Literal["redirect", "presigned"]
"""How the provider reads uploads: by links of ours that redirect, or by signed ones if it follows no redirects."""


@dataclass(frozen=True, slots=True)
class SubmitContext:
    """What a submit needs beside the job: the provider's key, our own secrets, and how inputs are linked.

    `refused` is told when the provider takes no jobs at all (for the key, the credit, the plan or the rate) or
    answers from another address. Signed links last `input_url_seconds`. `spent` is told of each price that the provider
    charges, or may charge, as it did not say that it has begun nothing. `not_recorded` is told of each try to write
    its answer down that failed, while the exception is at hand.
    """

    provider_key: Callable[[], str]
    webhook_secret: Callable[[], str]
    receipt_secret: Callable[[], str]
    refused: Callable[[Reply], None]
    input_links: InputLinks
    input_url_seconds: int
    spent: Callable[[Decimal], object] = lambda _amount: None
    not_recorded: Callable[[], object] = lambda: None


class SubmitJob:
    """Submits jobs; while not `enabled`, none is sent. With `keep_budget` no more is spent a day than that allows."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        media: MediaBucket,
        find_input: FindInput,
        inspect_inputs: InspectInputs,
        admission: Admission,
        enter_queue: EnterQueue,
        hold_queue: HoldQueue,
        lift_hold: LiftHold,
        release_slot: ReleaseSlot,
        provider: Provider,
        end_job: EndJob,
        context: SubmitContext,
        hold_for_budget: Callable[[Job, datetime], str],
        keep_budget: "KeepBudget | None" = None,
        retry: Retry,
        deadlines: Deadlines,
        poll_limits: PollLimits,
        enabled: bool,
        clock: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._media = media
        self._find_input = find_input
        self._inspect_inputs = inspect_inputs
        self._admission = admission
        self._enter_queue = enter_queue
        self._hold_queue = hold_queue
        self._lift_hold = lift_hold
        self._release_slot = release_slot
        self._provider = provider
        self._end_job = end_job
        self._context = context
        self._hold_for_budget = hold_for_budget
        self._keep_budget = keep_budget
        self._retry = retry
        self._deadlines = deadlines
        self._poll_limits = poll_limits
        self._enabled = enabled
        self._clock = clock
        self._random = random

    def run(self, job_id: str, public_base_url: str, *, asleep_at: str | None = None) -> NextStep:
        """Do what the job needs now. Only a `queued` job is ever sent.

        Args:
            job_id: the job.
            public_base_url: under which the provider reaches us.
            asleep_at: the job's execution sleeps, and the job was handed a slot in this place of the queue by who calls
                this, and wakes it once it was sent. Until then it is due soon, should the caller die. A job that stands
                in another place was refused since, and has no slot.
        """
        job = self._jobs.get(job_id)
        if job is None:
            return NextStep(next="done")
        wakeup_count = job.wakeup_count
        inputs = self._inputs(job)
        gone = {purpose: found for purpose, found in inputs.items() if found is None}
        if job.status == "awaiting_upload" and gone:
            ended = self._end_job.run(job, "failed", failure=_missing(gone))
            job = ended or self._reload(job_id)
        elif job.status == "awaiting_upload" and all(
            found and found.landed for found in inputs.values()
        ):
            now = self._clock()
            deadline = now + timedelta(seconds=self._deadlines.queue)
            queued = self._jobs.move(job, "queued", now, queued_at=now, deadline_at=deadline)
            job = queued or self._reload(job_id)
        is_asleep = asleep_at is not None
        has_moved = is_asleep and job.queue_tag != asleep_at
        if job.status == "queued" and not has_moved and self._may_submit(job):
            sent = self._send(job, inputs, public_base_url, is_asleep=is_asleep)
            job = sent or self._reload_and_release(job_id)
        poll_after = next_poll(job, self._clock(), self._poll_limits, self._random())
        return wait(poll_after, wakeup_count, self._clock(), job.due_at)

    def _may_submit(self, job: Job) -> bool:
        now = self._clock()
        return now < job.deadline_at and (job.submit_after is None or job.submit_after <= now)

    def _inputs(self, job: Job) -> Inputs:
        """The job's inputs in the bucket as they are now, while that decides anything."""
        if job.status == "awaiting_upload" or (job.status == "queued" and self._may_submit(job)):
            stored = job.stored.items()
            return {purpose: self._find_input.run(media, purpose) for purpose, media in stored}
        return {}

    def _send(
        self, job: Job, inputs: Inputs, public_base_url: str, *, is_asleep: bool
    ) -> Job | None:
        """Send the one request. None if the job moved under our hands, before it was sent or meanwhile.

        Contents are looked at once, before the job waits for a slot: what lies there is not replaced.

        If the provider has already spoken of this job, something was started although it said otherwise:
        then nothing is sent again, and Collect takes the id from that message.
        """
        there = {purpose: found for purpose, found in inputs.items() if found and found.landed}
        inspected = self._inspect_inputs.run(there, contents=job.queue_tag is None)
        inputs = {**inputs, **inspected.inputs}
        failure = _missing(inputs) or _unusable(inspected.faults)
        if failure:
            return self._end_job.run(job, "failed", failure=failure)
        key = self._context.provider_key()
        media = _as_sent(job, inputs)
        submission = self._submission(job.model_copy(update={"media": media}), public_base_url)
        now = self._clock()
        deadline = now + timedelta(seconds=self._deadlines.job)
        lease = deadline + LEASE_MARGIN
        if not is_asleep:
            waiting, has_slot = self._admit(job, now, lease)
            if waiting is None or not has_slot:
                return waiting
            job = waiting
        try:
            sending = self._begin(job, media, now, deadline, is_asleep=is_asleep)
        except OverBudgetError:
            return self._wait_for_tomorrow(job, now)
        if sending is None or sending.reported_request_id:
            return sending
        reply = self._provider.submit(key, submission)
        if reply.outcome == "not_started" or reply.remedy == "update_address":
            self._context.refused(reply)
        recorded = self._record(sending, reply, job.due_at if is_asleep else None)
        if recorded is None:
            self._tell_ended(sending, reply)
        if job.queue_tag and reply.outcome != "not_started":
            self._lift_hold.run()
        self._tell_spent(
            sending, reply
        )  # others are sent on, whether or not the budget can be read
        return recorded

    def _admit(self, job: Job, now: datetime, lease: datetime) -> tuple[Job | None, bool]:
        """The job after it has asked for a slot, None if it moved under our hands; and whether it has one."""
        if self._enabled and self._admission.take(job.job_id, now, lease):
            return job, True
        waiting, has_slot = self._enter_queue.run(job)
        if waiting is None or not has_slot:
            return waiting, False
        if not self._enabled:  # it was handed the slot before submitting was switched off
            self._admission.give_back(job.job_id, though_awaited=True)
            return waiting, False
        self._admission.take(job.job_id, now, lease)
        return waiting, True

    def _begin(
        self,
        job: Job,
        media: Mapping[Purpose, Media],
        now: datetime,
        deadline: datetime,
        *,
        is_asleep: bool,
    ) -> Job | None:
        """The last write before the request. Returns and raises as `Jobs.begin` does."""
        return self._jobs.begin(
            job,
            now,
            self._keep_budget.daily if self._keep_budget else None,
            submitted_at=now,
            deadline_at=deadline,
            submit_after=None,
            consent_hmacs=self._hmacs(job),
            media=media,
            **_spent(job, now),
            **({"due_at": now + TIME_TO_ACT} if is_asleep else {}),
        )

    def _tell_spent(self, sent: Job, reply: Reply) -> None:
        if sent.price is not None and reply.outcome not in {"not_started", "failed"}:
            self._context.spent(sent.price)
        if sent.spent_on and self._keep_budget:
            self._keep_budget.run()

    def _wait_for_tomorrow(self, job: Job, now: datetime) -> Job | None:
        """The day's budget is spent: nobody is sent until midnight. Returns as `Jobs.note` does.

        A job of a currency that is not the stack's any more waits alone: others have another budget.
        """
        from faceswap.rules.quotas import midnight_after

        until = midnight_after(now)
        if self._keep_budget and job.currency != self._keep_budget.currency:
            place = job.queue_tag or self._hold_queue.place(job)
            alone = self._jobs.note(job, queue_tag=place, submit_after=until)
            if alone:
                self._release_slot.run(alone)
            return alone
        tag = self._hold_for_budget(job, until)
        waiting = self._jobs.note(job, queue_tag=tag)
        if self._keep_budget:  # it may have been raised meanwhile
            self._keep_budget.run(job)
        return waiting

    def _tell_ended(self, sent: Job, reply: Reply) -> None:
        """The job has ended meanwhile: whoever drains it learns whether the provider is at it, and by what id.

        If nothing was started, what it was to cost is given back. A job that has not ended was written by ourselves,
        and the answer to that was lost, or it has got its id from a message.
        """
        job = self._jobs.get(sent.job_id)
        if job is None or not (job.is_final or reply.request_id):
            return
        is_over_there = reply.outcome in {"succeeded", "failed", "not_started"}
        if reply.request_id or is_over_there:
            self._jobs.note_answer(sent.job_id, reply.request_id, provider_done=is_over_there)
        if sent.spent_on and reply.outcome in {"failed", "not_started"} and not reply.request_id:
            self._jobs.give_back_price(sent)

    def _hmacs(self, job: Job) -> ConsentHmacs | None:
        return hmacs_of(job.consent, self._context.receipt_secret()) if job.consent else None

    def _submission(self, job: Job, public_base_url: str) -> Submission:
        token = webhook_token(self._context.webhook_secret(), job.job_id)
        return Submission(
            init_video=self._address(job, "init_video", public_base_url),
            init_image=self._address(job, "init_image", public_base_url),
            reference_image=self._address(job, "reference_image", public_base_url),
            output_format=job.output_format,
            watermark=job.watermark,
            webhook=webhook_url(public_base_url, job.job_id, token),
            track_id=job.track_id,
        )

    def _address(self, job: Job, purpose: Purpose, public_base_url: str) -> str:
        """Where the provider reads an input."""
        named = job.media[purpose]
        if not isinstance(named, StoredMedia):
            return named.url
        if self._context.input_links == "presigned":
            return self._media.presign_read(named.key, self._context.input_url_seconds)
        token = input_token(self._context.webhook_secret(), job.job_id, purpose)
        return input_url(public_base_url, job.job_id, token, purpose, extension_of_key(named.key))

    def _record(self, job: Job, reply: Reply, due_at: datetime | None) -> Job | None:
        """Store what the provider said; `due_at` is when it is due if it was refused. Returns as `Jobs.move` does.

        Nobody else may ever hear of it: so the write is tried again if it fails.
        """
        now = self._clock()
        decision = after_submit(job, reply, now, self._deadlines, self._random())
        if isinstance(decision, Move) and decision.hold_until:
            held = self._hold_queue.run(
                job, decision.hold_until, perhaps_its_own=decision.perhaps_its_own
            )
            if held is None:
                decision = refused_alone(job, decision, reply)
            if isinstance(decision, Move):
                fields = decision.fields | self._waits_with(job, held)
                fields |= {"due_at": due_at} if due_at else {}
                decision = replace(decision, fields=fields)
        return self._retry.run(
            lambda: self._carry_out(job, decision), failed=self._context.not_recorded
        )

    def _waits_with(self, job: Job, held: Held | None) -> dict[str, object]:
        """What is noted on a refused job: its place, when it polls itself, and until when it waits alone."""
        if held is None:
            return {"queue_tag": self._hold_queue.place(job)}
        polls = {"poll_at": held.poll_at} if held.poll_at else {}
        return {"queue_tag": held.queue_tag, "submit_after": None, **polls}

    def _carry_out(self, job: Job, decision: Decision) -> Job | None:
        match decision:
            case Fail(failure):
                return self._end_job.run(job, "failed", failure=failure)
            case Move(to, fields, wake=wake):
                return self._jobs.move(
                    job, to, self._clock(), wake=wake, unless_woken=False, **fields
                )
            case Note(fields, _):
                return self._jobs.note(job, **fields)
            case _:
                return job

    def _reload_and_release(self, job_id: str) -> Job:
        """The job as somebody else has just changed it; a slot that it does not use is given back.

        Of a job that drains whoever drains it gives the slot back, and wakes the next.
        """
        job = self._reload(job_id)
        if job.closed_at or (job.submitted_at is None and not job.is_draining):
            self._release_slot.run(job)
        return job

    def _reload(self, job_id: str) -> Job:
        """The job as somebody else has just changed it."""
        job = self._jobs.get(job_id)
        if job is None:
            raise LookupError("the job vanished while it was submitted")
        return job


def _spent(job: Job, now: datetime) -> dict[str, Any]:
    """From now on the job's price counts, if it has one."""
    return {} if job.price is None else {"spent_on": now.astimezone(UTC).date()}


def _missing(inputs: Inputs) -> Failure | None:
    """That an input cannot be sent since it is gone, if so."""
    for purpose, found in inputs.items():
        if found is None or found.landed is None:
            detail = f"The upload for {purpose} is not there any more."
            return Failure(type="upload-missing", detail=detail)
    return None


def _unusable(faults: Sequence[Fault]) -> Failure | None:
    """That the provider is not asked, since it cannot use what was looked at, if so."""
    if not faults:
        return None
    detail = " ".join(f"{fault.pointer.removeprefix('#/')}: {fault.detail}" for fault in faults)
    return Failure(type="input-invalid", detail=detail, errors=tuple(faults))


def _as_sent(job: Job, inputs: Inputs) -> dict[Purpose, Media]:
    """The media with where they lie, and what the consent receipt says of them."""
    return {
        purpose: _with_record(media, inputs.get(purpose)) for purpose, media in job.media.items()
    }


def _with_record(media: Media, found: FoundInput | None) -> Media:
    if isinstance(media, LinkedMedia):
        return media.model_copy(update={"url_sha256": sha256(media.url)})
    return media.model_copy(update={"key": found.key, "sent": found.landed} if found else {})
