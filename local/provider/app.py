"""The routes: the provider's own, the files it serves, and its control side."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local.provider import messages
from local.provider.behaviour import Behaviour
from local.provider.broken import ScriptedAnswer
from local.provider.chaos import Chaos
from local.provider.jobs import Job, Ledger
from local.provider.requests import Submit, faults
from local.provider.says import Answered, Says, Scripts
from local.provider.scripts import Prompter, spoken
from local.provider.work import Workshop

_ENGINE_ETA = 15
_RETRY_AFTER = 30


@dataclass(frozen=True)
class Options:
    """How a server is started."""

    folder: Path
    key: str
    public_url: str
    queue_limit: int = 5
    chaos: bool = False
    canned: Path | None = None


class Provider:
    """One provider, with its jobs."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._ledger = Ledger()
        self._behaviour = Behaviour()
        self._prompter = Prompter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._workshop: Workshop | None = None

    @property
    def workshop(self) -> Workshop:
        """Where the jobs are done; made inside the running loop."""
        if self._workshop is None:
            options = self._options
            self._workshop = Workshop(options.folder, options.canned, self._prompter)
        return self._workshop

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/api/v6/faceswap/specific_video_swap", self._submit, methods=["POST"]),
                Route("/api/v6/faceswap/fetch/{number}", self._fetch, methods=["POST"]),
                Route("/api/v3/delete_image", self._delete, methods=["POST"]),
                Route("/files/{number}.mp4", self._file, methods=["GET"]),
                Route("/health", _healthy, methods=["GET"]),
                Route("/_control/behaviour", self._control, methods=["GET", "PUT", "DELETE"]),
                Route("/_control/scripts", self._learn, methods=["PUT", "DELETE"]),
                Route("/_control/chaos", self._let_loose, methods=["GET", "PUT", "DELETE"]),
                Route("/_control/ledger", self._told, methods=["GET", "DELETE"]),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        # The signal that ends the server ends the process right after this: engines must be gone by then.
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.workshop.close()

    async def _submit(self, request: Request) -> Response:
        behaviour = self._behaviour
        body = await _json(request)
        refusal = self._refusal(body)
        if refusal is not None:
            self._ledger.rejected += 1
            return refusal
        try:
            submit = Submit.model_validate(body)
        except ValidationError as error:
            self._ledger.rejected += 1
            return JSONResponse(messages.error(faults(error)))
        customer = self._ledger.meet(submit)
        line = self._prompter.line("submit", customer)
        if line is not None and not line.taken:
            self._ledger.rejected += 1
            return ScriptedAnswer(line, line.body)
        eta = _ENGINE_ETA if behaviour.result == "engine" else max(1, round(behaviour.seconds))
        files_url = f"{self._options.public_url}/files"
        job = self._ledger.add(submit, customer.order, files_url, eta)
        work = self._start(self.workshop.run(job, behaviour))
        posts = self._prompter.posts(customer)
        if posts.early if posts else behaviour.webhook == "early":
            await work
        if line is not None:
            return ScriptedAnswer(line, spoken(line.body, job))
        if behaviour.submit == "reset":
            return ScriptedAnswer(Says(reset=True), "")
        return JSONResponse(messages.accepted(job, self._options.public_url))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _refusal(self, body: dict[str, Any] | None) -> Response | None:
        if body is None:
            return JSONResponse(messages.error("Invalid API Request", tip="send JSON"))
        if not self._has_key(body):
            return JSONResponse(messages.error("Invalid Api Key", tip="check the key"), 401)
        room = self._behaviour.room or self._options.queue_limit
        if self._ledger.running >= room:
            text = f"Rate limit exceeded. Maximum {room} queued requests allowed."
            return JSONResponse(messages.error(text, retry_after=_RETRY_AFTER), 429)
        return None

    def _has_key(self, body: dict[str, Any]) -> bool:
        return hmac.compare_digest(str(body.get("key")).encode(), self._options.key.encode())

    async def _fetch(self, request: Request) -> Response:
        body = await _json(request)
        if body is None or not self._has_key(body):
            return JSONResponse(messages.error("Invalid Api Key", tip="check the key"), 401)
        job = self._ledger.find(request.path_params["number"])
        if job is None:
            return JSONResponse(messages.failed("Request not found"))
        job.fetches += 1
        return self._says("fetch", job) or JSONResponse(_state(job))

    def _says(self, part: Answered, job: Job) -> Response | None:
        """What is said here in the place of the truth, if anything."""
        line = self._prompter.line(part, job.customer)
        return None if line is None else ScriptedAnswer(line, spoken(line.body, job))

    async def _delete(self, request: Request) -> Response:
        body = await _json(request)
        if body is None or not self._has_key(body):
            return JSONResponse(messages.error("Invalid Api Key", tip="check the key"), 401)
        job = self._ledger.find(str(body.get("request_id")))
        if job is None or body.get("type") != "video":
            return JSONResponse(messages.failed("Request not found"))
        self.workshop.file_of(job).unlink(missing_ok=True)
        job.deleted = True
        return JSONResponse({"status": "success", "messege": "image deleted"})

    async def _file(self, request: Request) -> Response:
        job = self._ledger.find(request.path_params["number"])
        if job is None or job.status != "success" or job.deleted:
            return Response("not found", 404)
        scripted = self._says("file", job)
        if scripted is not None:
            return scripted
        return FileResponse(self.workshop.file_of(job), media_type="video/mp4")

    async def _control(self, request: Request) -> Response:
        if request.method != "GET" and not self._options.chaos:
            return JSONResponse({"error": "started without --chaos"}, 403)
        if request.method == "DELETE":
            self._behaviour = Behaviour()
        if request.method == "PUT":
            wanted = await _json(request)
            if wanted is None:
                return JSONResponse({"error": "send a JSON object"}, 422)
            try:
                told = self._behaviour.model_dump() | wanted
                behaviour = Behaviour.model_validate(told)
            except ValidationError as error:
                return JSONResponse({"error": str(error)}, 422)
            if behaviour.result == "canned" and self._options.canned is None:
                return JSONResponse({"error": "started without --canned"}, 422)
            self._behaviour = behaviour
        return JSONResponse(self._behaviour.model_dump())

    async def _learn(self, request: Request) -> Response:
        if not self._options.chaos:
            return JSONResponse({"error": "started without --chaos"}, 403)
        try:
            given = await _json(request) if request.method == "PUT" else {}
            self._prompter.learn(Scripts.model_validate(given))
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, 422)
        return JSONResponse({})

    async def _let_loose(self, request: Request) -> Response:
        if request.method != "GET":
            if not self._options.chaos:
                return JSONResponse({"error": "started without --chaos"}, 403)
            try:
                given = await _json(request) if request.method == "PUT" else {}
                self._prompter.let_loose(Chaos.model_validate(given))
            except ValidationError as error:
                return JSONResponse({"error": str(error)}, 422)
        prompter = self._prompter
        return JSONResponse(prompter.chaos.model_dump(mode="json") | {"said": prompter.said})

    async def _told(self, request: Request) -> Response:
        if request.method == "DELETE":
            if not self._options.chaos:
                return JSONResponse({"error": "started without --chaos"}, 403)
            self._ledger.reset()
        return JSONResponse(self._ledger.told())


async def _healthy(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _state(job: Job) -> messages.Message:
    if job.status == "processing":
        return messages.pending()
    return messages.succeeded(job) if job.error is None else messages.failed(job.error)


async def _json(request: Request) -> dict[str, Any] | None:
    """The object in a body; none where it is malformed, too deep, or holds text that no answer could repeat."""
    try:
        body = from_json(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
