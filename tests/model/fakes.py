"""Stores, executions and provider in memory, for the real use cases. Each call that would leave first stands."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from faceswap.egress.download import CheckedStream, DownloadError, ResultReader
from faceswap.provider.modelslab.client import ProviderClient, Submission
from faceswap.rules.job import FINAL, Change, Evidence, Job, essentials
from faceswap.rules.reply import Reply
from faceswap.store.executions import ExecutionState, ExecutionStore
from faceswap.store.jobs import JobStore, RefusedContentError
from faceswap.store.media import MediaStore, Readable, StoredObject
from faceswap.store.slots import SlotStore
from faceswap.store.uploads import UploadStore
from tests.model.tasks import Task, current, leave

SubmitMood = Literal["accepted", "immediate", "refused", "rejected", "lost before", "lost after"]
FetchMood = Literal["answers", "unclear"]
TableMood = Literal["takes all", "refuses what is optional", "refuses results"]


class FakeJobs(JobStore):
    """The jobs, each with all it ever was. `move`, `note` and `erase` are the real ones."""

    def __init__(self) -> None:
        self.now: dict[str, Job] = {}
        self.past: dict[str, list[tuple[Change, Job]]] = {}
        self.told_by: dict[str, Task | None] = {}
        """Who raised the signal of a job last."""
        self.final_without_condition = False
        self.mood: TableMood = "takes all"

    def get(self, job_id: str) -> Job | None:
        leave()
        return self.now.get(job_id)

    def create(self, job: Job) -> Job | None:
        existing = self.now.get(job.job_id)
        if existing is None:
            self._put(job, "status")
        return existing

    def _wake(self, job_id: str, evidence: Mapping[str, Evidence]) -> Job | None:
        leave()
        self._refuse(evidence)
        job = self.now.get(job_id)
        if job is None or job.is_final:
            return job
        return self._change(job, "wake", evidence, wake=True)

    def sleep(self, job_id: str, token: str) -> None:
        """What the state Wait writes."""
        self._change(self.now[job_id], "wait", {"task_token": token})

    def get_all(self, job_ids: Iterable[str]) -> list[Job]:
        names = list(job_ids)
        leave()
        return [self.now[name] for name in names]

    def open_ids(self) -> Iterator[str]:
        leave()
        yield from sorted(job_id for job_id, job in self.now.items() if not job.is_final)

    def note_request_id(self, job_id: str, request_id: str) -> None:
        leave()
        job = self.now[job_id]
        self._change(job, "note", {"request_id": job.request_id or request_id})

    def count_late_success(self, job_id: str, request_id: str | None) -> None:
        leave()
        job = self.now[job_id]
        late = {"late_successes": job.late_successes + 1, "late_request_id": request_id}
        self._change(job, "note", late)

    def _update(
        self, job: Job, change: Change, fields: Mapping[str, object], *, wake: bool = False
    ) -> Job | None:
        leave()
        self._refuse(fields)
        current_job = self.now[job.job_id]
        is_as_read = (current_job.status, current_job.version) == (job.status, job.version)
        if self.final_without_condition and fields.get("status") in FINAL:
            is_as_read = True
        return self._change(current_job, change, fields, wake=wake) if is_as_read else None

    def _refuse(self, fields: Mapping[str, object]) -> None:
        """Raises RefusedContentError for a write that the table does not take in its mood."""
        is_optional = self.mood == "refuses what is optional" and essentials(fields) != fields
        if is_optional or (self.mood == "refuses results" and "result" in fields):
            raise RefusedContentError

    def _change(
        self, job: Job, change: Change, fields: Mapping[str, object], *, wake: bool = False
    ) -> Job:
        known = Job.model_fields
        values = {
            name: known[name].default if value is None else value
            for name, value in fields.items()
            if name in known
        }
        if wake:
            values["signal"] = job.signal + 1
            self.told_by[job.job_id] = current()
        return self._put(job.model_copy(update=values), change)

    def _put(self, job: Job, change: Change) -> Job:
        self.now[job.job_id] = job
        self.past.setdefault(job.job_id, []).append((change, job))
        return job


class FakeSlots(SlotStore):
    """Leases, and until when each job ever had one."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.leases: dict[str, datetime] = {}
        self.until: dict[str, datetime] = {}

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        leave()
        self.leases = {name: end for name, end in self.leases.items() if end > now}
        if job_id not in self.leases and len(self.leases) >= self.size:
            return False
        self.leases[job_id] = self.until[job_id] = until
        return True

    def give_back(self, job_id: str, seconds: float | None = None) -> bool:
        del seconds
        leave()
        return self.leases.pop(job_id, None) is not None


class FakeUploads(UploadStore):
    """Who names an upload, and nothing else; every upload here belongs to one job."""

    def __init__(self) -> None:
        self.named: dict[str, str] = {}

    def remove_user(self, upload_id: str, job_id: str) -> bool:
        leave()
        return self.named.pop(upload_id, job_id) == job_id


class FakeBucket(MediaStore):
    """Keys that are there."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def find(self, key: str) -> StoredObject | None:
        leave()
        return StoredObject(size=3) if key in self.keys else None

    def presign_read(self, key: str, seconds: int, method: Literal["GET", "HEAD"] = "GET") -> str:
        del method
        return f"https://bucket.example/{key}?for={seconds}"

    def archive(self, key: str, content: Readable, content_type: str) -> None:
        del content, content_type
        leave()
        self.keys.add(key)

    def delete(self, key: str) -> None:
        leave()
        self.keys.discard(key)

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        leave()
        self.keys = {key for key in self.keys if not key.startswith(prefix) or key == keep}


class FakeReader(ResultReader):
    """Links that give a video, unless they are broken."""

    def __init__(self) -> None:
        self.is_broken = False

    @contextmanager
    def open(self, url: str) -> Iterator[CheckedStream]:
        leave()
        if self.is_broken:
            raise DownloadError(f"{len(url)} characters that lead nowhere")
        yield cast("CheckedStream", _Video())


@dataclass(frozen=True)
class _Video:
    size: int = 3
    sha256: str = "YWJj"


@dataclass
class Order:
    """A job that the provider has taken."""

    request_id: str
    track_id: int
    outcome: Literal["runs", "success", "failed"] = "runs"

    @property
    def message(self) -> bytes:
        """What its webhook says."""
        said: dict[str, Any] = {"status": self.outcome, "id": int(self.request_id)}
        if self.outcome == "success":
            said["output"] = [f"https://provider.example/{self.request_id}.mp4"]
        return json.dumps(said | {"track_id": self.track_id}).encode()


class FakeProvider(ProviderClient):
    """Takes orders as its moods are, and counts what each job sent."""

    def __init__(self) -> None:
        self.submit_mood: SubmitMood = "accepted"
        self.fetch_mood: FetchMood = "answers"
        self.orders: list[Order] = []
        self.sent: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()

    def submit(self, key: str, submission: Submission) -> Reply:
        del key
        leave()
        track, mood = submission.track_id, self.submit_mood
        self.sent[track] += 1
        if mood == "refused":
            self.refused[track] += 1
            return Reply("not_started", remedy="retry", retry_after=30)
        if mood == "rejected":
            return Reply("failed", text="no face")
        if mood == "lost before":
            return Reply("ambiguous")
        order = Order(str(300 + len(self.orders)), track)
        self.orders.append(order)
        if mood == "lost after":
            return Reply("ambiguous")
        if mood == "immediate":
            order.outcome = "success"
            return Reply("succeeded", request_id=order.request_id, urls=("https://p.example/i",))
        return Reply("accepted", request_id=order.request_id, eta=20)

    def fetch(self, key: str, request_id: str) -> Reply:
        del key
        leave()
        outcome = next(o.outcome for o in self.orders if o.request_id == request_id)
        if self.fetch_mood == "unclear":
            return Reply("unclear", unread="HTTP 500: (empty)")
        if outcome == "success":
            return Reply("succeeded", urls=("https://provider.example/f.mp4",), generation_time=9)
        return Reply("failed", text="broken") if outcome == "failed" else Reply("pending")

    def delete(self, key: str, request_id: str) -> bool:
        del key, request_id
        leave()
        return True


class FakeExecutions(ExecutionStore):
    """Hands what it is asked to whoever plays the state machine."""

    def __init__(
        self,
        sleepers: Callable[[], Iterable[tuple[str, Callable[[], None]]]],
        state: Callable[[str], ExecutionState],
    ) -> None:
        self._sleepers = sleepers
        self._state = state

    def state(self, job_id: str) -> ExecutionState:
        leave()
        return self._state(job_id)

    def wake(self, task_token: str | None) -> None:
        leave()
        for token, rise in self._sleepers():
            if token == task_token:
                rise()
