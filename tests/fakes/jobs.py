"""Jobs in memory, each with all it ever was."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from faceswap.ports.jobs import Page, Position, RefusedContentError, Wakeup
from faceswap.rules.addresses import without_query
from faceswap.rules.counting import counts_of_change, counts_of_creation
from faceswap.rules.job import Change, Evidence, Job, ProviderDeletion, essentials
from faceswap.rules.quotas import Quotas
from faceswap.rules.status import FINAL, NEXT, Status
from faceswap.rules.times import to_text
from tests.fakes.calls import Before, at_once
from tests.fakes.counters import FakeCounters

TableBehaviour = Literal["takes all", "refuses what is optional", "refuses results"]
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_KEPT = {
    "accepted_at", "closed_at", "created_at", "deadline_at",
    "currency", "price", "spent_on", "due_at", "erased_at", "erased_receipt", "executions",
    "finished_at", "job_id", "late_request_id", "late_successes", "media", "owner", "poll_at", "submit_after",
    "provider_deletion", "provider_done", "queued_at", "request_id", "wakeup_count", "status",
    "submitted_at", "task_token", "updated_at", "version",
}  # fmt: skip


class FakeJobs:
    """A table of jobs. `behaviour` lets it refuse writes for their content; `woken` is told of each wake-up."""

    def __init__(
        self,
        before: Before = at_once,
        woken: Callable[[str], None] = lambda _job_id: None,
        counted: FakeCounters | None = None,
    ) -> None:
        self.now: dict[str, Job] = {}
        self.past: dict[str, list[tuple[Change, Job]]] = {}
        self.behaviour: TableBehaviour = "takes all"
        self.final_without_condition = False
        self.counted = counted or FakeCounters()
        self._before = before
        self._woken = woken

    def get(self, job_id: str) -> Job | None:
        self._before("get")
        return self.now.get(job_id)

    def create(self, job: Job, quotas: Quotas | None = None) -> Job | None:
        self._before("create")
        existing = self.now.get(job.job_id)
        if existing is None:
            self.counted.add_job(job, counts_of_creation(job), quotas)
            self._put(job, "status")
        return existing

    def move(
        self,
        job: Job,
        to: Status,
        now: datetime,
        *,
        wake: bool = False,
        unless_woken: bool = False,
        **changes: object,
    ) -> Job | None:
        return self._move(job, to, now, changes, wake=wake, unless_woken=unless_woken)

    def begin(
        self, job: Job, now: datetime, daily_budget: Decimal | None, **changes: object
    ) -> Job | None:
        return self._move(job, "submitting", now, changes, daily_budget=daily_budget)

    def _move(
        self,
        job: Job,
        to: Status,
        now: datetime,
        changes: Mapping[str, object],
        *,
        wake: bool = False,
        unless_woken: bool = False,
        daily_budget: Decimal | None = None,
    ) -> Job | None:
        if to not in NEXT[job.status]:
            raise ValueError(f"a job does not change from {job.status} to {to}")
        fields = {"status": to, "version": job.version + 1, "updated_at": now, **changes}
        if to in FINAL:
            fields["finished_at"] = now
            if wake:
                fields["due_at"] = now
        if fields.get("closed_at"):
            fields |= {"task_token": None, "due_at": None}
        if to != "queued":
            fields["queue_tag"] = None
        return self._update(
            job, "status", fields, wake=wake, unless_woken=unless_woken, daily_budget=daily_budget
        )

    def note(self, job: Job, **changes: object) -> Job | None:
        return self._update(job, "note", changes)

    def wake(
        self,
        job_id: str,
        *,
        only_in: Status | None = None,
        seen: int | None = None,
        once: str | None = None,
        **evidence: Evidence,
    ) -> Wakeup | None:
        self._before("wake")
        job = self.now.get(job_id)
        if job is None:
            return None
        kept = job.evidence_to_keep(evidence)
        is_repeated = once and not kept and job.has_heard(once, evidence)
        is_other = (only_in and job.status != only_in) or seen not in {None, job.wakeup_count}
        if job.closed_at or is_repeated or is_other:
            return Wakeup(job, is_counted=False)
        fields = dict(self._taken(kept))
        if only_in:
            fields["due_at"] = _LONG_AGO
        if once and not kept:
            fields["heard"] = job.heard | {once}
        return Wakeup(self._change(job, "wake", fields, wake=True), is_counted=True)

    def close(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        self._before("note")
        current = self.now[job.job_id]
        is_as_read = current.wakeup_count == job.wakeup_count and current.closed_at is None
        if not is_as_read:
            return None
        evidence = {name: None for name in Job.model_fields if name.startswith("evidence_")}
        request_id = current.request_id or current.reported_request_id
        closed = {
            "closed_at": now,
            "task_token": None,
            "due_at": None,
            "provider_deletion": deletion,
        }
        return self._change(current, "note", closed | evidence | {"request_id": request_id})

    def reopen(self, job_id: str, request_id: str | None = None) -> None:
        self._before("reopen")
        job = self.now[job_id]
        if job.erased_at and job.closed_at:
            known = job.request_id or request_id
            reopened = {"closed_at": None, "provider_deletion": None, "request_id": known}
            self._change(job, "note", reopened | {"due_at": _LONG_AGO})

    def sleep(self, job_id: str, token: str, due_at: datetime) -> None:
        """What the state Wait writes."""
        self._change(self.now[job_id], "wait", {"task_token": token, "due_at": due_at})

    def page(self, owner: str, limit: int, after: Position | None) -> Page:
        self._before("page")
        listed = sorted(
            (job for job in self.now.values() if job.owner == owner and job.erased_at is None),
            key=lambda job: (job.created_at, job.job_id),
            reverse=True,
        )
        if after:
            behind = (after.created_at, after.job_id)
            listed = [job for job in listed if (to_text(job.created_at), job.job_id) < behind]
        shown = listed[:limit]
        last = shown[-1] if len(listed) > limit or (shown and len(shown) == limit) else None
        following = Position(to_text(last.created_at), last.job_id) if last else None
        return Page(shown, following)

    def due(self, now: datetime) -> Iterator[str]:
        self._before("due")
        found = [
            (job.due_at, job.job_id)
            for job in self.now.values()
            if job.due_at and job.due_at <= now and job.closed_at is None
        ]
        yield from [job_id for _, job_id in sorted(found)]

    def erase(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        gone: dict[str, object] = dict.fromkeys(Job.model_fields.keys() - _KEPT)
        kept = {
            "erased_at": now,
            "media": {},
            "erased_receipt": job.consent_receipt,
        }
        kept |= {"provider_deletion": deletion}
        if deletion is None:
            kept |= {"closed_at": None, "due_at": now}
        self._before("note")
        current = self.now[job.job_id]
        read = (job.status, job.version, job.wakeup_count, job.closed_at is None)
        now_is = (current.status, current.version, current.wakeup_count, current.closed_at is None)
        if now_is != read:
            return None
        return self._change(current, "note", gone | kept | job.known_request, wake=True)

    def note_answer(self, job_id: str, request_id: str | None, *, provider_done: bool) -> None:
        self._before("note_answer")
        job = self.now[job_id]
        said: dict[str, object] = {"request_id": job.request_id or request_id}
        done = {"provider_done": True} if provider_done else {}
        self._change(job, "note", said | done, wake=True)

    def give_back_price(self, sent: Job) -> None:
        self._before("give_back_price")
        job = self.now[sent.job_id]
        if job.spent_on and job.spent_on == sent.spent_on and job.request_id is None:
            self.counted.add_job(job, counts_of_change(job, {"spent_on": None}))
            self._change(job, "note", {"spent_on": None})

    def cut_callback(self, job: Job) -> None:
        self._before("cut_callback")
        current = self.now.get(job.job_id)
        if current is None or job.callback_url is None or current.callback_url != job.callback_url:
            return
        cut = without_query(job.callback_url)
        if cut != job.callback_url:
            self._change(current, "note", {"callback_url": cut, "callback_is_cut": True})

    def count_late_success(self, job_id: str, request_id: str | None) -> None:
        self._before("count_late_success")
        job = self.now[job_id]
        if job.late_successes:
            return
        late: dict[str, object] = {"late_successes": 1}
        if request_id:
            late["late_request_id"] = request_id
        self._change(job, "note", late)

    def _update(
        self,
        job: Job,
        change: Change,
        fields: Mapping[str, object],
        *,
        wake: bool = False,
        unless_woken: bool = False,
        daily_budget: Decimal | None = None,
    ) -> Job | None:
        self._before(change)
        fields = self._taken(fields)
        current = self.now[job.job_id]
        is_as_read = (current.status, current.version) == (job.status, job.version)
        if self.final_without_condition and fields.get("status") in FINAL:
            is_as_read = True
        if unless_woken and current.wakeup_count != job.wakeup_count:
            return None
        if not is_as_read:
            return None
        self.counted.add_job(job, counts_of_change(job, fields), daily_budget=daily_budget)
        return self._change(current, change, fields, wake=wake)

    def _taken(self, fields: Mapping[str, object]) -> Mapping[str, object]:
        """The fields of a write that is taken: all, or those that a job cannot do without."""
        if self.behaviour == "refuses results" and "result" in fields:
            raise RefusedContentError
        return essentials(fields) if self.behaviour == "refuses what is optional" else fields

    def _change(
        self, job: Job, change: Change, fields: Mapping[str, object], *, wake: bool = False
    ) -> Job:
        if wake:
            self._woken(job.job_id)
        return self._put(job.changed(fields, woken=wake), change)

    def _put(self, job: Job, change: Change) -> Job:
        # As whoever reads it from the table would see it.
        job = Job.model_validate_json(job.model_dump_json(exclude_none=True))
        self.now[job.job_id] = job
        self.past.setdefault(job.job_id, []).append((change, job))
        return job
