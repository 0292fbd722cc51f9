"""The client for asyncio: `AsyncClient`, and the handle of a job. The same as in `client`, awaited."""

import asyncio
import inspect
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from faceswap_adapter.client import TIMEOUT, agreed, network_error, options_of
from faceswap_adapter.core import Core
from faceswap_adapter.errors import FaceswapError, NetworkError
from faceswap_adapter.files import Section
from faceswap_adapter.jobs import Seen, succeeded
from faceswap_adapter.models import CallbackSecret, Consent, Job, Purpose, ResultLink
from faceswap_adapter.swaps import Media
from faceswap_adapter.uploads import Progress
from faceswap_adapter.wire import AskToken, Request, Response, Sleep, Step, Steps, Work

T = TypeVar("T")


class AsyncClient:
    """Speaks for one user; an asynchronous context manager. Everything else as in `Client`.

    `token` may be a coroutine function, too. Callbacks such as `on_progress` are plain functions, called in between.
    """

    def __init__(
        self,
        api_url: str,
        token: str | Callable[[], str | Awaitable[str]],
        *,
        store: Path | str | None = None,
        http: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._core = Core(api_url, store, clock, random)
        self._token = token
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT)
        self._owns_http = http is None
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that this client has opened."""
        if self._owns_http:
            await self._http.aclose()

    async def swap(
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
    ) -> "AsyncJobHandle":
        """Upload what is a file and make a job of it; see `Client.swap`."""
        steps = self._core.swaps.swap(
            {"init_video": video, "init_image": face, "reference_image": reference},
            agreed(consent),
            options_of(watermark, client_reference, callback_url),
            idempotency_key,
            on_progress,
        )
        return AsyncJobHandle(self, await self._run(steps), on_update)

    async def upload(
        self,
        file: Path | str,
        purpose: Purpose,
        on_progress: Callable[[Progress], object] = lambda _: None,
    ) -> str:
        """Send a file, in parts if it is large; what a job's media field takes."""
        return await self._run(self._core.swaps.upload(Path(file), purpose, on_progress))

    async def create_job(
        self, request: Mapping[str, Any], idempotency_key: str
    ) -> "AsyncJobHandle":
        """Make a job by a request as `POST /v1/jobs` takes it; under the same key there is one."""
        seen = await self._run(self._core.jobs.create(request, idempotency_key))
        return AsyncJobHandle(self, seen)

    async def job(self, job_id: str) -> "AsyncJobHandle":
        """A job of the caller's."""
        return AsyncJobHandle(self, await self._run(self._core.jobs.read(job_id)))

    async def jobs(self, status: str | None = None, page_size: int = 20) -> AsyncIterator[Job]:
        """The caller's jobs, the newest first; pages are read as they are needed."""
        cursor: str | None = None
        while True:
            page = await self._run(self._core.jobs.page(status, page_size, cursor))
            for job in page.items:
                yield job
            cursor = page.next_cursor
            if cursor is None:
                return

    async def callback_secrets(self) -> list[CallbackSecret]:
        """The secrets that sign the caller's callbacks, the newest first."""
        return await self._run(self._core.jobs.callback_secrets())

    async def _run(self, steps: Steps[T]) -> T:
        outcome: Any = None
        failure: FaceswapError | None = None
        try:
            while True:
                step = steps.throw(failure) if failure else steps.send(outcome)
                outcome, failure = None, None
                try:
                    outcome = await self._done(step)
                except NetworkError as error:
                    failure = error
        except StopIteration as ended:
            value: T = ended.value
            return value
        finally:
            steps.close()

    async def _done(self, step: Step) -> object:
        match step:
            case Request():
                return await self._sent(step)
            case Sleep(seconds):
                await self._sleep(seconds)
                return None
            case AskToken():
                token = self._token if isinstance(self._token, str) else self._token()
                return await token if inspect.isawaitable(token) else token
            case Work(function):
                return await asyncio.to_thread(function)

    async def _sent(self, request: Request) -> Response:
        body = request.body
        content = _chunks(body) if isinstance(body, Section) else body
        try:
            async with self._http.stream(
                request.method, request.url, headers=request.headers, content=content
            ) as answer:
                if request.into and answer.is_success:
                    if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                        request.into.restart()
                    async for chunk in answer.aiter_bytes():
                        await asyncio.to_thread(request.into.write, chunk)
                        request.into.tell(request.into.size)
                    return Response(answer.status_code, answer.headers)
                return Response(answer.status_code, answer.headers, await answer.aread())
        except httpx.RequestError as error:
            raise network_error(error) from error


async def _chunks(section: Section) -> AsyncIterator[bytes]:
    chunks, sent = section.chunks(), 0
    while chunk := await asyncio.to_thread(next, chunks, b""):
        yield chunk
        sent += len(chunk)
        section.tell(sent)


class AsyncJobHandle:
    """A job, as it was seen last. Iterating gives it now and with each change, until it is over."""

    def __init__(
        self, client: AsyncClient, seen: Seen, on_update: Callable[[Job], object] = lambda _: None
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

    async def __aiter__(self) -> AsyncIterator[Job]:
        yield self.job
        while not self.job.is_final:
            await self._see(self._jobs.next_change(self._seen))
            yield self.job

    async def refresh(self) -> Job:
        """Read it now."""
        return await self._see(self._jobs.read(self.job_id, self._seen))

    async def wait(
        self, timeout: float | None = None, on_update: Callable[[Job], object] | None = None
    ) -> Job:
        """Wait until it is over, however it ends; see `JobHandle.wait`."""
        return await self._see(self._jobs.wait(self._seen, timeout, on_update or self._on_update))

    async def result(
        self, timeout: float | None = None, on_update: Callable[[Job], object] | None = None
    ) -> ResultLink:
        """Wait, and give a fresh link to the video; see `JobHandle.result`."""
        succeeded(await self.wait(timeout, on_update))
        return await self._client._run(self._jobs.result(self.job_id))

    async def download(
        self,
        target: Path | str,
        *,
        overwrite: bool = False,
        on_progress: Callable[[int, int], object] = lambda _done, _size: None,
    ) -> Path:
        """Wait, and write the video to a file, which stands there only once it is whole; see `JobHandle.download`."""
        succeeded(await self.wait())
        steps = self._jobs.download(self.job_id, Path(target), on_progress, overwrite=overwrite)
        return await self._client._run(steps)

    async def cancel(self) -> Job:
        """End it here; see `JobHandle.cancel`."""
        return await self._see(self._jobs.cancel(self._seen))

    async def delete(self) -> None:
        """Erase it and its media; it is cancelled first if needed."""
        await self._client._run(self._jobs.delete(self.job_id, self._seen.name))

    async def _see(self, steps: Steps[Seen]) -> Job:
        self._seen = await self._client._run(steps)
        return self._seen.job
