"""The client for programs that wait: `Client`, and the handle of a job."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from faceswap_adapter.core import Core
from faceswap_adapter.errors import FaceswapError, NetworkError
from faceswap_adapter.files import Section
from faceswap_adapter.jobs import Seen, succeeded
from faceswap_adapter.models import CallbackSecret, Consent, Job, Purpose, ResultLink
from faceswap_adapter.swaps import Media
from faceswap_adapter.uploads import Progress
from faceswap_adapter.wire import AskToken, Request, Response, Sleep, Step, Steps, Work

T = TypeVar("T")
TIMEOUT = httpx.Timeout(60.0, connect=15.0)


class Client:
    """Speaks for one user; a context manager that closes its connections.

    `token` is a token, or a function that gives one: it is called before the first request, and again after a 401.
    `store` is a folder in which ids and keys are kept while something is under way, so that the same call goes on
    after a break; without one it begins anew. `http` is used in the place of connections of its own, and stays open.
    """

    def __init__(
        self,
        api_url: str,
        token: str | Callable[[], str],
        *,
        store: Path | str | None = None,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._core = Core(api_url, store, clock, random)
        self._token = token
        self._http = http or httpx.Client(timeout=TIMEOUT)
        self._owns_http = http is None
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that this client has opened."""
        if self._owns_http:
            self._http.close()

    def swap(
        self,
        *,
        video: Media,
        face: Media,
        reference: Media,
        consent: Consent | str,
        watermark: bool = True,
        client_reference: str | None = None,
        callback_url: str | None = None,
        idempotency_key: str | None = None,
        on_progress: Callable[[Progress], object] = lambda _: None,
        on_update: Callable[[Job], object] = lambda _: None,
    ) -> "JobHandle":
        """Upload what is a file and make a job of it; ends once the job is made, not once it is over.

        `on_progress` is told of each upload, `on_update` of the job, now and with each change, while the handle waits.

        Media are paths of files, or sources that the API takes (`upload:…`, `https://…`). With a store, the same
        call after a break goes on with the same uploads, and comes back to the same job until that is over.

        Raises:
            FaceswapError: see `faceswap_adapter.errors`.
            OSError: a file cannot be read.
        """
        steps = self._core.swaps.swap(
            {"init_video": video, "init_image": face, "reference_image": reference},
            agreed(consent),
            options_of(watermark, client_reference, callback_url),
            idempotency_key,
            on_progress,
        )
        return JobHandle(self, self._run(steps), on_update)

    def upload(
        self,
        file: Path | str,
        purpose: Purpose,
        on_progress: Callable[[Progress], object] = lambda _: None,
    ) -> str:
        """Send a file, in parts if it is large; what a job's media field takes."""
        return self._run(self._core.swaps.upload(Path(file), purpose, on_progress))

    def create_job(self, request: Mapping[str, Any], idempotency_key: str) -> "JobHandle":
        """Make a job by a request as `POST /v1/jobs` takes it; under the same key there is one."""
        return JobHandle(self, self._run(self._core.jobs.create(request, idempotency_key)))

    def job(self, job_id: str) -> "JobHandle":
        """A job of the caller's."""
        return JobHandle(self, self._run(self._core.jobs.read(job_id)))

    def jobs(self, status: str | None = None, page_size: int = 20) -> Iterator[Job]:
        """The caller's jobs, the newest first; pages are read as they are needed."""
        cursor: str | None = None
        while True:
            page = self._run(self._core.jobs.page(status, page_size, cursor))
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def callback_secrets(self) -> list[CallbackSecret]:
        """The secrets that sign the caller's callbacks, the newest first."""
        return self._run(self._core.jobs.callback_secrets())

    def _run(self, steps: Steps[T]) -> T:
        outcome: Any = None
        failure: FaceswapError | None = None
        try:
            while True:
                step = steps.throw(failure) if failure else steps.send(outcome)
                outcome, failure = None, None
                try:
                    outcome = self._done(step)
                except NetworkError as error:
                    failure = error
        except StopIteration as ended:
            value: T = ended.value
            return value
        finally:
            steps.close()

    def _done(self, step: Step) -> object:
        match step:
            case Request():
                return self._sent(step)
            case Sleep(seconds):
                self._sleep(seconds)
                return None
            case AskToken():
                return self._token if isinstance(self._token, str) else self._token()
            case Work(function):
                return function()

    def _sent(self, request: Request) -> Response:
        body = request.body
        content = _chunks(body) if isinstance(body, Section) else body
        try:
            with self._http.stream(
                request.method, request.url, headers=request.headers, content=content
            ) as answer:
                if request.into and answer.is_success:
                    if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                        request.into.restart()
                    for chunk in answer.iter_bytes():
                        request.into.write(chunk)
                        request.into.tell(request.into.size)
                    return Response(answer.status_code, answer.headers)
                return Response(answer.status_code, answer.headers, answer.read())
        except httpx.RequestError as error:
            raise network_error(error) from error


def _chunks(section: Section) -> Iterator[bytes]:
    sent = 0
    for chunk in section.chunks():
        yield chunk
        sent += len(chunk)
        section.tell(sent)


class JobHandle:
    """A job, as it was seen last. Iterating gives it now and with each change, until it is over."""

    def __init__(
        self, client: Client, seen: Seen, on_update: Callable[[Job], object] = lambda _: None
    ) -> None:
        self._client = client
        self._jobs = client._core.jobs
        self._seen = seen
        self._on_update = on_update

    @property
    def job(self) -> Job:
        """What was seen last."""
        return self._seen.job

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self._seen.job.job_id

    def __iter__(self) -> Iterator[Job]:
        yield self.job
        while not self.job.is_final:
            self._see(self._jobs.next_change(self._seen))
            yield self.job

    def refresh(self) -> Job:
        """Read it now."""
        return self._see(self._jobs.read(self.job_id, self._seen))

    def wait(
        self, timeout: float | None = None, on_update: Callable[[Job], object] | None = None
    ) -> Job:
        """Wait until it is over, however it ends; `on_update` (else that of `swap`) gets it now and with each change.

        Raises:
            JobTimeoutError: it was not, after `timeout` seconds.
            NetworkError: the network failed for long; the job goes on, wait again.
        """
        return self._see(self._jobs.wait(self._seen, timeout, on_update or self._on_update))

    def result(
        self, timeout: float | None = None, on_update: Callable[[Job], object] | None = None
    ) -> ResultLink:
        """Wait, and give a fresh link to the video.

        Raises:
            JobFailedError, JobCancelledError: there is none.
            JobTimeoutError: it was not over after `timeout` seconds.
        """
        succeeded(self.wait(timeout, on_update))
        return self._client._run(self._jobs.result(self.job_id))

    def download(
        self,
        target: Path | str,
        *,
        overwrite: bool = False,
        on_progress: Callable[[int, int], object] = lambda _done, _size: None,
    ) -> Path:
        """Wait, and write the video to a file, which stands there only once it is whole.

        Raises:
            FileExistsError: there is such a file; `overwrite` allows that.
            JobFailedError, JobCancelledError: there is no video.
        """
        succeeded(self.wait())
        steps = self._jobs.download(self.job_id, Path(target), on_progress, overwrite=overwrite)
        return self._client._run(steps)

    def cancel(self) -> Job:
        """End it here; its `notice` tells if the provider may still bill it. Raises ConflictError once it is over."""
        return self._see(self._jobs.cancel(self._seen))

    def delete(self) -> None:
        """Erase it and its media; it is cancelled first if needed."""
        self._client._run(self._jobs.delete(self.job_id, self._seen.name))

    def _see(self, steps: Steps[Seen]) -> Job:
        self._seen = self._client._run(steps)
        return self._seen.job


def agreed(consent: Consent | str) -> Consent:
    """A consent in its full form."""
    return Consent(statement=consent) if isinstance(consent, str) else consent


def options_of(
    watermark: bool,
    client_reference: str | None,
    callback_url: str | None,
) -> dict[str, Any]:
    """The fields of a job's request that may be left out."""
    options: dict[str, Any] = {"watermark": watermark}
    if client_reference is not None:
        options["client_reference"] = client_reference
    if callback_url is not None:
        options["callback"] = {"url": callback_url}
    return options


def network_error(error: httpx.RequestError) -> NetworkError:
    """The same in words; the host, never the whole address, which may be presigned."""
    return NetworkError(
        f"{error.request.url.host} cannot be reached: {str(error) or type(error).__name__}"
    )
