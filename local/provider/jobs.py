"""What the server knows of its jobs, and what it counted: the ledger."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from local.provider.requests import Submit

Status = Literal["processing", "success", "failed"]


class Customer(NamedTuple):
    """By what a job is known before it is one: its video, its sender's name for it, and which in order it was."""

    init_video: str
    track_id: int | None
    order: int


@dataclass
class Job:
    """One generation. `eta` and `generation_time` are seconds; `order` counts the jobs that were asked for."""

    id: int
    order: int
    init_video: str
    init_image: str
    reference_image: str
    watermark: bool
    webhook: str | None
    track_id: int | None
    output_url: str
    eta: int
    received_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: Status = "processing"
    generation_time: float = 0.0
    error: str | None = None
    progress: dict[str, Any] | None = None
    fetches: int = 0
    deleted: bool = False
    webhooks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def customer(self) -> Customer:
        """By what it was known before."""
        return Customer(self.init_video, self.track_id, self.order)


class Ledger:
    """All jobs since the start or the last reset. Ids go on over a reset."""

    def __init__(self) -> None:
        self._ids = itertools.count(298)
        self._jobs: dict[int, Job] = {}
        self._forgotten: dict[int, Job] = {}
        self._orders: dict[int, int] = {}
        self._asked = 0
        self.rejected = 0

    def meet(self, submit: Submit) -> Customer:
        """Who asks: the first, the second …; one that asks again with the same track id keeps its place."""
        order = self._orders.get(submit.track_id) if submit.track_id is not None else None
        if order is None:
            self._asked += 1
            order = self._asked
            if submit.track_id is not None:
                self._orders[submit.track_id] = order
        return Customer(submit.init_video, submit.track_id, order)

    def add(self, submit: Submit, order: int, files_url: str, eta: int) -> Job:
        """A new job out of a valid submit."""
        number = next(self._ids)
        job = Job(
            id=number,
            order=order,
            init_video=submit.init_video,
            init_image=submit.init_image,
            reference_image=submit.reference_image,
            watermark=submit.watermark,
            webhook=submit.webhook,
            track_id=submit.track_id,
            output_url=f"{files_url}/{number}.mp4",
            eta=eta,
        )
        self._jobs[number] = job
        return job

    def find(self, number: str) -> Job | None:
        """The job with this id, also one from before a reset."""
        return next((job for job in self._everything() if str(job.id) == number), None)

    @property
    def running(self) -> int:
        """How many jobs are not over."""
        return sum(job.status == "processing" for job in self._everything())

    def reset(self) -> None:
        """Count from zero; jobs under way go on."""
        self._forgotten |= self._jobs
        self._jobs = {}
        self._orders = {}
        self._asked = 0
        self.rejected = 0

    def told(self) -> dict[str, Any]:
        """All counts, without keys, signatures and webhook addresses."""
        return {
            "jobs": [self._entry(job) for job in self._jobs.values()],
            "submits": len(self._jobs),
            "fetches": sum(job.fetches for job in self._jobs.values()),
            "rejected": self.rejected,
        }

    def _everything(self) -> Iterator[Job]:
        return itertools.chain(self._jobs.values(), self._forgotten.values())

    def _entry(self, job: Job) -> dict[str, Any]:
        same = [
            j for j in self._jobs.values() if j.track_id == job.track_id and j.track_id is not None
        ]
        return {
            "id": job.id,
            "order": job.order,
            "track_id": job.track_id,
            "received_at": job.received_at.isoformat(),
            "status": job.status,
            "error": job.error,
            "progress": job.progress,
            "watermark": job.watermark,
            "submits": max(1, len(same)),
            "fetches": job.fetches,
            "deleted": job.deleted,
            "webhooks": job.webhooks,
            **dict(_hosts(job)),
        }


def _hosts(job: Job) -> Iterator[tuple[str, str | None]]:
    for name in ("init_video", "init_image", "reference_image", "webhook"):
        url: str | None = getattr(job, name)
        yield f"{name}_host", urlsplit(url).netloc.rpartition("@")[2] if url else None
