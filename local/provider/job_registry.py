"""All jobs of the server, on disk before they are answered, and what was counted."""

import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from local.provider import duration_estimates
from local.provider.behaviour import Behaviour
from local.provider.database import Database
from local.provider.duration_estimates import DurationEstimate
from local.provider.jobs import Customer, Family, Job
from local.provider.requests import Submit

_FIRST_ID = 298


class JobRegistry:
    """All jobs in the books; it counts those since the last reset. Ids go on over a reset."""

    def __init__(self, books: Database, files_url: str, at_once: int) -> None:
        self._books = books
        self._files_url = files_url
        self._at_once = at_once
        self._jobs: dict[int, Job] = {}
        self._counted: set[int] = set()
        self._orders: dict[int, int] = {}
        self._asked = 0
        self.rejected = 0
        for job, counted in books.read():
            # The server may have another address than when the job came.
            job.output_url = self._url(job.id)
            self._jobs[job.id] = job
            if counted:
                self._counted.add(job.id)
                self._asked = max(self._asked, job.order)
                if job.submit.track_id is not None:
                    self._orders[job.submit.track_id] = job.order
        self._next_id = max(self._jobs, default=_FIRST_ID - 1) + 1

    def meet(self, submit: Submit) -> Customer:
        """Who asks: the first, the second …; one that asks again with the same track id keeps its place."""
        order = self._orders.get(submit.track_id) if submit.track_id is not None else None
        if order is None:
            self._asked += 1
            order = self._asked
            if submit.track_id is not None:
                self._orders[submit.track_id] = order
        return Customer(submit.init_video, submit.track_id, order)

    def add(self, submit: Submit, order: int, family: Family, behaviour: Behaviour) -> Job:
        """A new job out of a valid submit; it is on the disk. Raises sqlite3.Error."""
        number = self._next_id
        job = Job(number, order, submit, family, behaviour, self._url(number))
        job.eta = self.eta(job, job.received_at)
        self._books.write(job)
        self._next_id += 1
        self._jobs[number] = job
        self._counted.add(number)
        return job

    def save(self, job: Job) -> None:
        """Put on the disk what became of a job; what cannot be put there is still known until the server ends."""
        try:
            self._books.write(job)
        except sqlite3.Error as error:
            print(f"job {job.id}: {type(error).__name__}", file=sys.stderr, flush=True)

    def find(self, number: str) -> Job | None:
        """The job with this id, also one from before a reset."""
        known = number.isascii() and number.isdecimal() and len(number) < 20
        return self._jobs.get(int(number)) if known else None

    def __iter__(self) -> Iterator[Job]:
        """Every job by its id, also those from before a reset."""
        return iter(list(self._jobs.values()))

    @property
    def running(self) -> int:
        """How many jobs are not over."""
        return sum(job.status == "processing" for job in self)

    def estimate(self) -> DurationEstimate:
        """What the last swaps took."""
        done = [job for job in self if job.status == "success" and job.behaviour.result == "engine"]
        done.sort(key=lambda job: job.ended_at or job.received_at)
        return duration_estimates.measured((job.frames or 0, job.generation_time) for job in done)

    def eta(self, job: Job, now: datetime) -> int:
        """Whole seconds until a job is done, those ahead of it in the line included."""
        cost = self.estimate()
        ahead = [
            other.seconds_left(cost, now)
            for other in self
            if other.status == "processing" and other.id < job.id and other.behaviour.in_line
        ]
        alone = job.began_at is not None or not job.behaviour.in_line
        return duration_estimates.wait(
            [] if alone else ahead, job.seconds_left(cost, now), self._at_once
        )

    def reset(self) -> None:
        """Count from zero; jobs under way go on. Raises sqlite3.Error."""
        self._books.reset()
        self._counted.clear()
        self._orders = {}
        self._asked = 0
        self.rejected = 0

    def told(self) -> dict[str, Any]:
        """All counts, without keys, signatures and webhook addresses."""
        jobs = [job for job in self if job.id in self._counted]
        return {
            "jobs": [_entry(job, jobs) for job in jobs],
            "submits": len(jobs),
            "fetches": sum(job.fetches for job in jobs),
            "rejected": self.rejected,
        }

    def _url(self, number: int) -> str:
        return f"{self._files_url}/{number}.mp4"


def _entry(job: Job, jobs: list[Job]) -> dict[str, Any]:
    track_id = job.submit.track_id
    same = [j for j in jobs if track_id is not None and j.submit.track_id == track_id]
    return {
        "id": job.id,
        "order": job.order,
        "track_id": track_id,
        "received_at": job.received_at.isoformat(),
        "status": job.status,
        "error": job.error,
        "progress": job.progress,
        "watermark": job.submit.watermark,
        "submits": max(1, len(same)),
        "fetches": job.fetches,
        "deleted": job.deleted,
        "begun": job.begun,
        "webhooks": job.webhooks,
        **dict(_hosts(job)),
    }


def _hosts(job: Job) -> Iterator[tuple[str, str | None]]:
    for name in ("init_video", "init_image", "reference_image", "webhook"):
        url: str | None = getattr(job.submit, name)
        yield f"{name}_host", urlsplit(url).netloc.rpartition("@")[2] if url else None
