"""Jobs: made once, read as often as they ask for, and their results."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from faceswap_adapter.errors import (
    DownloadError,
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    NotFoundError,
)
from faceswap_adapter.exchange import Exchange, parsed, problem_of
from faceswap_adapter.files import Incoming, refuse_existing
from faceswap_adapter.models import (
    JOB,
    CallbackSecret,
    CallbackSecrets,
    CancelledJob,
    FailedJob,
    Job,
    JobList,
    OpenJob,
    ResultLink,
    SucceededJob,
)
from faceswap_adapter.store import Store
from faceswap_adapter.waiting import before_poll, retry_after_of
from faceswap_adapter.wire import Request, Response, Sleep, Steps, Work

_FORBIDDEN, _NOT_MODIFIED = 403, 304


@dataclass(frozen=True)
class Seen:
    """A job as it was seen last, when to ask again (seconds), and under what name the store knows it."""

    job: Job
    etag: str | None
    retry_after: float | None
    name: str | None = None


class Jobs:
    """The routes of jobs."""

    def __init__(
        self,
        exchange: Exchange,
        store: Store,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._exchange = exchange
        self._store = store
        self._clock = clock
        self._random = random

    def create(self, body: Mapping[str, Any], key: str, name: str | None = None) -> Steps[Seen]:
        """Make a job; under the same key there is one, however often this is sent."""
        headers = {"idempotency-key": key}
        answer = yield from self._exchange.api("POST", "/v1/jobs", body, headers)
        return self._seen(answer, name)

    def read(self, job_id: str, before: Seen | None = None) -> Steps[Seen]:
        """A job as it is now; an answer that nothing has changed is what was seen before."""
        headers = {"if-none-match": before.etag} if before and before.etag else {}
        answer = yield from self._exchange.api("GET", f"/v1/jobs/{job_id}", headers=headers)
        name = before.name if before else None
        if before and answer.status == _NOT_MODIFIED:
            return Seen(before.job, before.etag, retry_after_of(answer.headers), name)
        return self._seen(answer, name)

    def _seen(self, answer: Response, name: str | None) -> Seen:
        job = parsed(JOB.validate_json, answer)
        if job.is_final and name:
            self._store.forget(name)
        return Seen(job, answer.headers.get("etag"), retry_after_of(answer.headers), name)

    def next_change(
        self, seen: Seen, end: float | None = None, seconds: float = 0.0
    ) -> Steps[Seen]:
        """Wait until the job's status changes; `end` is by the clock, `seconds` what is told if it has come.

        Raises:
            JobTimeoutError: the end has come.
        """
        before = seen.job.version
        while isinstance(seen.job, OpenJob) and seen.job.version == before:
            pause = before_poll(seen.retry_after, self._random())
            if end is not None:
                pause = min(pause, end - self._clock())
                if pause <= 0:
                    raise JobTimeoutError(seen.job, seconds)
            yield Sleep(pause)
            seen = yield from self.read(seen.job.job_id, seen)
        return seen

    def wait(self, seen: Seen, seconds: float | None, tell: Callable[[Job], object]) -> Steps[Seen]:
        """Wait until the job is over, for so many seconds at most; `tell` gets it now and with each change."""
        end = None if seconds is None else self._clock() + seconds
        tell(seen.job)
        while not seen.job.is_final:
            seen = yield from self.next_change(seen, end, seconds or 0.0)
            tell(seen.job)
        return seen

    def cancel(self, seen: Seen) -> Steps[Seen]:
        """End a job here; repeating it does nothing more."""
        answer = yield from self._exchange.api("POST", f"/v1/jobs/{seen.job.job_id}/cancel")
        return self._seen(answer, seen.name)

    def delete(self, job_id: str, name: str | None = None) -> Steps[None]:
        """Erase a job and its media; one that is gone already is fine, since an answer may have been lost."""
        with suppress(NotFoundError):
            yield from self._exchange.api("DELETE", f"/v1/jobs/{job_id}")
        if name:
            self._store.forget(name)

    def page(self, status: str | None, limit: int, cursor: str | None) -> Steps[JobList]:
        """A page of the caller's jobs, the newest first."""
        asked = {"status": status, "limit": limit, "cursor": cursor}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        answer = yield from self._exchange.api("GET", f"/v1/jobs?{query}")
        return parsed(JobList.model_validate_json, answer)

    def result(self, job_id: str) -> Steps[ResultLink]:
        """A fresh link to the video."""
        answer = yield from self._exchange.api("GET", f"/v1/jobs/{job_id}/result")
        return parsed(ResultLink.model_validate_json, answer)

    def download(
        self, job_id: str, target: Path, tell: Callable[[int, int], object], *, overwrite: bool
    ) -> Steps[Path]:
        """Write the video beside its place and put it there once it is whole; a break goes on where it was.

        Raises:
            FileExistsError: there is such a file, and it may not be overwritten.
            DownloadError: what came is not what was announced.
        """
        if not overwrite:
            refuse_existing(target)
        link = yield from self.result(job_id)
        incoming = Incoming(target, lambda size: tell(size, link.size))
        try:
            answer = yield from self._received(link, incoming)
            if answer.status == _FORBIDDEN:  # the link has expired
                link = yield from self.result(job_id)
                answer = yield from self._received(link, incoming)
            if answer.status >= 300:
                raise problem_of(answer)
            if (incoming.size, incoming.sha256) != (link.size, link.sha256):
                raise DownloadError(
                    f"{incoming.size} bytes came that are not the {link.size} of the result"
                )
            yield Work(lambda: incoming.put_in_place(overwrite=overwrite))
        finally:
            incoming.drop()
        return target

    def _received(self, link: ResultLink, incoming: Incoming) -> Steps[Response]:
        def request() -> Request:
            on = {"range": f"bytes={incoming.size}-"} if 0 < incoming.size < link.size else {}
            return Request("GET", link.url, on, into=incoming)

        return (yield from self._exchange.bucket(request))

    def callback_secrets(self) -> Steps[list[CallbackSecret]]:
        """The secrets that sign the caller's callbacks, the newest first."""
        answer = yield from self._exchange.api("GET", "/v1/callback-secrets")
        return parsed(CallbackSecrets.model_validate_json, answer).secrets


def succeeded(job: Job) -> SucceededJob:
    """A job that is over, if there is a video.

    Raises:
        JobFailedError: it failed.
        JobCancelledError: it was cancelled.
    """
    if isinstance(job, SucceededJob):
        return job
    if isinstance(job, FailedJob):
        raise JobFailedError(job)
    if isinstance(job, CancelledJob):
        raise JobCancelledError(job)
    raise ValueError(f"{job.job_id} is not over")
