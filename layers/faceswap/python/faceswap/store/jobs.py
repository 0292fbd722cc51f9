"""The jobs table: the only place where a job is changed. Each change is one conditional write."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import ClientError

from faceswap.ports.jobs import RefusedContentError, Wakeup
from faceswap.ports.quotas import OverQuotaError
from faceswap.rules.addresses import without_query
from faceswap.rules.job import (
    Evidence,
    Failure,
    Job,
    ProviderDeletion,
    Retention,
)
from faceswap.rules.status import FINAL, NEXT, Status
from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import attributes, model_of, plain
from faceswap.store.expressions import Update, item_of_refusal
from faceswap.store.job_lists import open_partition
from faceswap.store.job_writes import JobWrites, job_pk

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import PutTypeDef

    from faceswap.rules.quotas import Quotas

_OPEN, _DUE_AT, _LISTED = "open", "due_at", "listed"
_EXPIRY = "ttl"
_COSTS = ("cost", "cost_currency", "cost_settled")
_ANNOUNCED = ("previous_status", "error_type", "reference", *_COSTS)
"""What only events need, beside fields of the job."""
_ALWAYS = {"version", "wakeup_count"}
"""Conditions of other writes name these."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_KEPT_LONG = Retention(job_days=365, receipt_days=3650)
_IS_OPEN = Attr(_OPEN).exists()
_KEPT_AFTER_ERASURE = frozenset(
    {
        "accepted_at",
        "closed_at",
        "created_at",
        "currency",
        "deadline_at",
        "due_at",
        "erased_at",
        "erased_receipt",
        "executions",
        "finished_at",
        "job_id",
        "late_request_id",
        "late_successes",
        "media",
        "owner",
        "poll_at",
        "price",
        "provider_deletion",
        "provider_done",
        "queued_at",
        "request_id",
        "spent_on",
        "wakeup_count",
        "status",
        "submit_after",
        "submitted_at",
        "task_token",
        "updated_at",
        "version",
    }
)
"""All that stays of an erased job, so that a new field is erased unless somebody decides otherwise."""


class JobStore:
    """Jobs by id. Every write says in `change` what it is; see architecture, rules 2 and 3.

    What each method promises stands in `ports.jobs`.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        retention: Retention = _KEPT_LONG,
        *,
        announces_all: bool = False,
        tells_cost: bool = False,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._writes = JobWrites(dynamodb, table)
        self._retention = retention
        self._announces_all = announces_all
        self._tells_cost = tells_cost

    def get(self, job_id: str) -> Job | None:
        """The job as it is now (consistent read), None if there is none."""
        return self._writes.get(job_id)

    def create(self, job: Job, quotas: "Quotas | None" = None) -> Job | None:
        """Store a new job. None if done; else the job that already has this id, untouched."""
        item = {"pk": job_pk(job.job_id), _LISTED: job.owner, "change": "status"}
        # What is as it is unless told otherwise is not written: a smaller item costs less with each write.
        known = Job.model_fields
        item |= {
            name: value
            for name, value in plain(job).items()
            if name in _ALWAYS or getattr(job, name) != known[name].default
        }
        if job.closed_at is None:
            item[_OPEN] = open_partition(job.job_id)
        if self._is_announced(job):
            texts = {"reference": job.client_reference, "idempotency_key": job.idempotency_key}
            item |= {name: text or "" for name, text in texts.items()}
            item |= {"previous_status": "", "error_type": "", "callback": job.callback}
            item |= self._cost_texts(job)
        else:
            item.pop("idempotency_key", None)
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": attributes(item),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if job.counts_from_the_start:
            return self._create_counted(job, put, quotas)
        try:
            self._dynamodb.put_item(**put)
        except ClientError as error:
            return model_of(Job, item_of_refusal(error))
        return None

    def _create_counted(self, job: Job, put: "PutTypeDef", quotas: "Quotas | None") -> Job | None:
        from faceswap.rules.counting import counts_of_creation
        from faceswap.store.transactions import write_together
        from faceswap.store.usage import count_job

        counted = count_job(self._table, job, counts_of_creation(job), quotas)
        hindered = write_together(self._dynamodb, [{"Put": put}, *(write for _, write in counted)])
        if hindered is None:
            return None
        existing, *limits = hindered
        if existing:
            return model_of(Job, existing)
        names = [name for name, _ in counted]
        raise OverQuotaError(
            [name for name, full in zip(names, limits, strict=True) if full is not None]
        )

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
        """Change the status, from the one that `job` shows."""
        also = _not_woken(job) if unless_woken else None
        return self._move(job, to, now, changes, wake=wake, also=also)

    def begin(
        self, job: Job, now: datetime, daily_budget: Decimal | None, **changes: object
    ) -> Job | None:
        """Change the status to `submitting`, the last thing before the request, within the budget of the day."""
        return self._move(job, "submitting", now, changes, daily_budget=daily_budget)

    def _move(
        self,
        job: Job,
        to: Status,
        now: datetime,
        changes: Mapping[str, object],
        *,
        wake: bool = False,
        also: ConditionBase | None = None,
        daily_budget: Decimal | None = None,
    ) -> Job | None:
        if to not in NEXT[job.status]:
            raise ValueError(f"a job does not change from {job.status} to {to}")
        fields = {"status": to, "version": job.version + 1, "updated_at": now, **changes}
        if to in FINAL:
            fields["finished_at"] = now
            if wake:
                # Who dies before the execution rises leaves a job that the sweep sees.
                fields[_DUE_AT] = now
        if job.status == "queued":
            # Also a tag that was given since the job was read.
            fields["queue_tag"] = None
        if fields.get("closed_at"):
            fields |= dict.fromkeys([_OPEN, _DUE_AT, "task_token"])
            fields[_EXPIRY] = self._expiry(now, job)
        if self._is_announced(job):
            failure = changes.get("error")
            kind = failure.type if isinstance(failure, Failure) else ""
            fields |= {"previous_status": job.status, "error_type": kind}
            if self._tells_cost:
                fields |= self._cost_texts(job.changed(fields, woken=False))
        return self._writes.update_or_essentials(
            job, "status", fields, wake=wake, also=also, daily_budget=daily_budget
        )

    def _is_announced(self, job: Job) -> bool:
        """Whether somebody may hear of the job's changes: then the item holds what an event tells, as plain texts."""
        return self._announces_all or job.callback != "none"

    def _cost_texts(self, job: Job) -> dict[str, str]:
        """What an event tells of the cost, in a stack that has prices."""
        if not self._tells_cost:
            return {}
        from faceswap.rules.cost import cost_of, text_of

        cost = cost_of(job)
        if cost is None:
            return dict.fromkeys(_COSTS, "")
        told = (text_of(cost.amount), cost.currency, str(cost.settled).lower())
        return dict(zip(_COSTS, told, strict=True))

    def note(self, job: Job, **changes: object) -> Job | None:
        """Keep the books on a job that stays in its status. Returns and raises as `move` does."""
        return self._writes.update_or_essentials(job, "note", changes)

    def wake(
        self,
        job_id: str,
        *,
        only_in: Status | None = None,
        seen: int | None = None,
        once: str | None = None,
        **evidence: Evidence,
    ) -> Wakeup | None:
        """Count a wake-up and keep what a message said (`evidence_…` fields)."""
        try:
            return self._wake(job_id, (only_in, seen), once, evidence)
        except RefusedContentError:
            shorter = {name: said.essentials for name, said in evidence.items()}
            return self._wake(job_id, (only_in, seen), once, shorter)

    def _wake(
        self,
        job_id: str,
        only: tuple[Status | None, int | None],
        once: str | None,
        evidence: Mapping[str, Evidence],
    ) -> Wakeup | None:
        """One write for a job that is not over and of which nothing was said before; for any other, as it was read."""
        only_in, seen = only
        is_usual = _is_as_seen(only_in, seen)
        for name, said in evidence.items():
            is_own: ConditionBase = Attr("request_id").eq(said.request_id)
            if said.is_tracked:
                is_own = Attr("request_id").not_exists() | is_own
            is_usual = is_usual & Attr(name).not_exists() & is_own
        wanted = Update(is_usual if evidence or not once else is_usual & _not_heard(once))
        for name, said in evidence.items():
            wanted.set(name, plain(said))
        if once and not evidence:
            wanted.add("heard", {once})
        if only_in:
            # Who dies before the execution rises leaves a job that the sweep sees.
            wanted.set(_DUE_AT, to_text(_LONG_AGO))
        item, is_woken = self._write_wake(job_id, wanted)
        while item and not is_woken and _OPEN in item and not only_in:
            job = model_of(Job, item)
            kept = job.evidence_to_keep(evidence)
            if once and not kept and job.has_heard(once, evidence):
                break
            wanted = Update(_IS_OPEN & _not_woken(job))
            for name, said in kept.items():
                wanted.set(name, plain(said))
            if once and not kept:
                wanted.add("heard", {once})
            item, is_woken = self._write_wake(job_id, wanted)
        return Wakeup(model_of(Job, item), is_woken) if item else None

    def _write_wake(self, job_id: str, wanted: Update) -> tuple[Mapping[str, Any], bool]:
        """The item after the write, or as it stood in the way; and whether it was written."""
        woken = wanted.set("change", "wake").add("wakeup_count", 1)
        try:
            answer = self._dynamodb.update_item(
                **woken.request(self._table, job_pk(job_id)),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return item_of_refusal(error), False
        return answer["Attributes"], True

    def erase(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        """Strip a final job of all that is personal, and count a wake-up; what stays is the line for the audit.

        That is: ids, owner, times, status, and the receipt of the consent if the job was sent.
        """
        gone = dict.fromkeys(
            [*(Job.model_fields.keys() - _KEPT_AFTER_ERASURE), _LISTED, *_ANNOUNCED]
        )
        kept: dict[str, object] = {
            "erased_at": now,
            "media": {},
            "erased_receipt": job.consent_receipt,
            "provider_deletion": deletion,
            **job.known_request,
        }
        if deletion is None:
            kept |= {_OPEN: open_partition(job.job_id), "closed_at": None, _EXPIRY: None}
            kept[_DUE_AT] = now
        else:
            kept[_EXPIRY] = self._expiry(now, job, erased=True)
        as_open_as_read = Attr(_OPEN).not_exists() if job.closed_at else _IS_OPEN
        unwoken = as_open_as_read & _not_woken(job)
        return self._writes.update(job, "note", {**gone, **kept}, wake=True, also=unwoken)

    def close(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        """Nobody has anything left to do about a final job: it leaves the index of open ones."""
        evidence = [name for name in Job.model_fields if name.startswith("evidence_")]
        fields: dict[str, object] = dict.fromkeys([_OPEN, _DUE_AT, "task_token", *evidence])
        fields |= {
            "closed_at": now,
            _EXPIRY: self._expiry(now, job),
            "provider_deletion": deletion,
            **job.known_request,
        }
        return self._writes.update(job, "note", fields, also=_IS_OPEN & _not_woken(job))

    def reopen(self, job_id: str, request_id: str | None = None) -> None:
        """A closed job that was erased has something left at the provider, perhaps under an id that is news."""
        reopened = Update(Attr("erased_at").exists() & Attr(_OPEN).not_exists())
        reopened.set("change", "note").set(_OPEN, open_partition(job_id))
        reopened.set(_DUE_AT, to_text(_LONG_AGO))
        reopened.remove("closed_at").remove("provider_deletion").remove(_EXPIRY)
        if request_id:
            reopened.set_if_absent("request_id", request_id)
        try:
            self._dynamodb.update_item(**reopened.request(self._table, job_pk(job_id)))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # it is open, or was not erased

    def note_answer(self, job_id: str, request_id: str | None, *, provider_done: bool) -> None:
        """Keep what the answer to the submit said of a job that ended meanwhile."""
        noted = Update(Attr("pk").exists()).set("change", "note").add("wakeup_count", 1)
        if request_id:
            noted.set_if_absent("request_id", request_id)
        if provider_done:
            noted.set("provider_done", value=True)
        self._dynamodb.update_item(**noted.request(self._table, job_pk(job_id)))

    def give_back_price(self, sent: Job) -> None:
        """The provider began nothing of a job that has ended since it was sent: its price is not spent any more."""
        from faceswap.rules.counting import counts_of_change
        from faceswap.store.transactions import write_together
        from faceswap.store.usage import count_job

        if sent.spent_on is None:
            return
        was_spent = Attr("spent_on").eq(sent.spent_on.isoformat()) & Attr("request_id").not_exists()
        update: Any = (Update(was_spent).set("change", "note").remove("spent_on")).request(
            self._table, job_pk(sent.job_id)
        )
        counts = counts_of_change(sent, {"spent_on": None})
        counted = [write for _, write in count_job(self._table, sent, counts)]
        write_together(self._dynamodb, [{"Update": update}, *counted])

    def count_late_success(self, job_id: str, request_id: str | None) -> None:
        """A success came for a job that is final: note the first one and its id, change nothing else."""
        is_first = Attr("pk").exists() & Attr("late_successes").not_exists()
        counted = Update(is_first).set("change", "note").add("late_successes", 1)
        if request_id:
            counted.set("late_request_id", request_id)
        try:
            self._dynamodb.update_item(**counted.request(self._table, job_pk(job_id)))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # one was noted before

    def cut_callback(self, job: Job) -> None:
        """Keep the address of a job's callback without its query, unless the job was erased meanwhile."""
        if job.callback_url is None or without_query(job.callback_url) == job.callback_url:
            return
        cut = Update(Attr("callback_url").eq(job.callback_url)).set("change", "note")
        cut.set("callback_url", without_query(job.callback_url)).set("callback_is_cut", value=True)
        try:
            self._dynamodb.update_item(**cut.request(self._table, job_pk(job.job_id)))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # somebody else did, or it was erased

    def _expiry(self, now: datetime, job: Job, *, erased: bool = False) -> int:
        """When the table forgets a closed job, as it wants it: seconds of the epoch."""
        kept = self._retention
        days = kept.receipt_days if erased or job.erased_at else kept.job_days
        return int((now + timedelta(days=days)).timestamp())


def _not_heard(kind: str) -> ConditionBase:
    return ~Attr("heard").contains(kind)


def _is_as_seen(only_in: Status | None, seen: int | None) -> ConditionBase:
    """It is open and in this status, or not over if none is named; and was woken as often as it was seen, if it was."""
    is_as_seen: ConditionBase = _IS_OPEN & (
        Attr("status").eq(only_in) if only_in else ~Attr("status").is_in(sorted(FINAL))
    )
    return is_as_seen if seen is None else is_as_seen & Attr("wakeup_count").eq(seen)


def _not_woken(job: Job) -> ConditionBase:
    """Nothing was heard of it since it was read."""
    condition: ConditionBase = Attr("wakeup_count").eq(job.wakeup_count)
    return condition
