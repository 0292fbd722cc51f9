"""The routes: the provider's own, and the files it serves."""

import asyncio
import hmac
import sqlite3
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local.provider import messages
from local.provider.behaviour import Dialect
from local.provider.bodies import json_object
from local.provider.broken import ScriptedAnswer
from local.provider.canned_answers import CannedAnswer
from local.provider.control import Control
from local.provider.database import Database
from local.provider.job_registry import JobRegistry
from local.provider.jobs import Family, Job
from local.provider.requests import Submit, faults
from local.provider.scripts import AnswerScripts
from local.provider.workers import Workers

_RETRY_AFTER = 30
_FAMILIES: tuple[Family, ...] = ("faceswap", "deepfake")


@dataclass(frozen=True)
class Options:
    """How a server is started."""

    folder: Path
    key: str
    public_url: str
    queue_limit: int = 5
    at_once: int = 1
    link_lifetime: timedelta = timedelta(hours=24)
    chaos: bool = False
    canned: Path | None = None


class Provider:
    """One provider, with its jobs."""

    def __init__(self, options: Options) -> None:
        """Take the work folder. Raises DatabaseError."""
        self._options = options
        self._books = Database(options.folder)
        self._ledger = JobRegistry(self._books, f"{options.public_url}/files", options.at_once)
        self._scripts = AnswerScripts()
        self._control = Control(
            self._ledger,
            self._scripts,
            allowed=options.chaos,
            has_canned=options.canned is not None,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._workshop: Workers | None = None

    @property
    def workshop(self) -> Workers:
        """Where the jobs are done; made inside the running loop."""
        if self._workshop is None:
            options = self._options
            self._workshop = Workers(
                options.folder,
                options.canned,
                self._ledger,
                self._scripts,
                options.at_once,
                options.link_lifetime,
            )
        return self._workshop

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/api/v3/delete_image", self._delete, methods=["POST"]),
            Route("/files/{number}.mp4", self._file, methods=["GET"]),
            Route("/health", _healthy, methods=["GET"]),
            *self._control.routes(),
        ]
        for family in _FAMILIES:
            base = f"/api/v6/{family}"
            routes += [
                Route(f"{base}/specific_video_swap", self._submit, methods=["POST"], name=family),
                Route(f"{base}/fetch/{{number}}", self._fetch, methods=["POST"]),
            ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        workshop = self.workshop
        for job in self._ledger:
            if not job.told:
                self._start(workshop.run(job))
        yield
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        # The signal that ends the server ends the process right after this: engines must be gone by then.
        await asyncio.gather(*tasks, return_exceptions=True)
        await workshop.close()
        self._books.close()

    async def _submit(self, request: Request) -> Response:
        body = await json_object(request)
        refusal = self._refusal(body)
        if refusal is not None:
            self._ledger.rejected += 1
            return refusal
        try:
            submit = Submit.model_validate(body)
        except ValidationError as error:
            self._ledger.rejected += 1
            return _faulty(faults(error), self._control.behaviour.dialect)
        customer = self._ledger.meet(submit)
        line = self._scripts.line("submit", customer)
        if line is not None and not line.taken:
            self._ledger.rejected += 1
            return ScriptedAnswer(line, None)
        family = next(each for each in _FAMILIES if f"/{each}/" in request.url.path)
        try:
            job = self._ledger.add(submit, customer.order, family, self._control.behaviour)
        except sqlite3.Error as error:
            print(f"submit: {type(error).__name__}", file=sys.stderr, flush=True)
            return JSONResponse(messages.error("Internal server error. Please try again."), 500)
        return await self._taken(job, line)

    async def _taken(self, job: Job, line: CannedAnswer | None) -> Response:
        """Begin a job and say so, or what is said in the place of that."""
        work = self._start(self.workshop.run(job))
        posts = self._scripts.posts(job.customer)
        if posts.early if posts else job.behaviour.webhook == "early":
            await work
        answer = JSONResponse(messages.accepted(job, self._options.public_url))
        if line is not None:
            return ScriptedAnswer(line, job, bytes(answer.body))
        if job.behaviour.submit == "reset":
            return ScriptedAnswer(CannedAnswer(reset=True), job)
        return answer

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _refusal(self, body: dict[str, Any] | None) -> Response | None:
        behaviour = self._control.behaviour
        if body is None:
            status = 400 if behaviour.dialect == "documented" else 200
            return JSONResponse(messages.error("Invalid API Request", tip="send JSON"), status)
        if not self._has_key(body):
            return _wrong_key()
        room = behaviour.room or self._options.queue_limit
        if self._ledger.running >= room:
            text = f"Rate limit exceeded. Maximum {room} queued requests allowed."
            return JSONResponse(messages.error(text, retry_after=_RETRY_AFTER), 429)
        return None

    def _has_key(self, body: dict[str, Any] | None) -> bool:
        given = str((body or {}).get("key")).encode()
        return hmac.compare_digest(given, self._options.key.encode())

    async def _fetch(self, request: Request) -> Response:
        if not self._has_key(await json_object(request)):
            return _wrong_key()
        job = self._ledger.find(request.path_params["number"])
        if job is None:
            return JSONResponse(self._failed("Request not found"))
        job.fetches += 1
        answer = JSONResponse(self._state(job))
        line = self._scripts.line("fetch", job.customer)
        return answer if line is None else ScriptedAnswer(line, job, bytes(answer.body))

    def _state(self, job: Job) -> messages.Message:
        documented = self._control.behaviour.dialect == "documented"
        if job.error is not None:
            return self._failed(job.error)
        if job.status == "success":
            return messages.success(job) if documented else messages.seen_success(job)
        if not documented:
            return messages.seen_processing()
        eta = self._ledger.eta(job, datetime.now(UTC))
        return messages.processing(job, self._options.public_url, eta)

    def _failed(self, text: str) -> messages.Message:
        documented = self._control.behaviour.dialect == "documented"
        return messages.error(text) if documented else messages.seen_failed(text)

    async def _delete(self, request: Request) -> Response:
        body = await json_object(request)
        if body is None or not self._has_key(body):
            return _wrong_key()
        job = self._ledger.find(str(body.get("request_id")))
        if job is None or body.get("type") != "video":
            return JSONResponse(messages.seen_failed("Request not found"))
        if job.status == "processing":
            return JSONResponse(messages.seen_failed("The request is still processing"))
        job.deleted = True
        self.workshop.file_of(job).unlink(missing_ok=True)
        self._ledger.save(job)
        return JSONResponse({"status": "success", "messege": "image deleted"})

    async def _file(self, request: Request) -> Response:
        job = self._ledger.find(request.path_params["number"])
        if job is None or not self.workshop.keeps(job):
            return Response("not found", 404)
        path = self.workshop.file_of(job)
        line = self._scripts.line("file", job.customer)
        if line is not None:
            return ScriptedAnswer(line, job, path.read_bytes() if line.truth else b"")
        return FileResponse(path, media_type="video/mp4")


async def _healthy(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _wrong_key() -> Response:
    return JSONResponse(messages.error("Invalid Api Key", tip="check the key"), 401)


def _faulty(told: dict[str, list[str]], dialect: Dialect) -> Response:
    """What is wrong with a submit: in one text, or as the object that was seen with HTTP 200."""
    if dialect == "seen":
        return JSONResponse(messages.error(told))
    text = " ".join(text for texts in told.values() for text in texts)
    return JSONResponse(messages.error(text), 400)
