"""The control side: what changes how the server behaves, and what it counted."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.provider.behaviour import Behaviour
from local.provider.bodies import json_object
from local.provider.canned_answers import Scripts
from local.provider.chaos import Chaos
from local.provider.job_registry import JobRegistry
from local.provider.scripts import AnswerScripts

_FORBIDDEN = JSONResponse({"error": "started without --chaos"}, 403)


class Control:
    """Reads for everyone; changes only where the server was started with `--chaos`."""

    def __init__(
        self, ledger: JobRegistry, scripts: AnswerScripts, *, allowed: bool, has_canned: bool
    ) -> None:
        self._ledger = ledger
        self._scripts = scripts
        self._allowed = allowed
        self._has_canned = has_canned
        self.behaviour = Behaviour()

    def routes(self) -> list[Route]:
        """Where it is reached."""
        return [
            Route("/_control/behaviour", self._behave, methods=["GET", "PUT", "DELETE"]),
            Route("/_control/scripts", self._learn, methods=["PUT", "DELETE"]),
            Route("/_control/chaos", self._let_loose, methods=["GET", "PUT", "DELETE"]),
            Route("/_control/ledger", self._told, methods=["GET", "DELETE"]),
        ]

    async def _behave(self, request: Request) -> Response:
        if self._forbidden(request):
            return _FORBIDDEN
        if request.method == "DELETE":
            self.behaviour = Behaviour()
        if request.method == "PUT":
            wanted = await json_object(request)
            if wanted is None:
                return JSONResponse({"error": "send a JSON object"}, 422)
            try:
                told = self.behaviour.model_dump() | wanted
                behaviour = Behaviour.model_validate(told)
            except ValidationError as error:
                return JSONResponse({"error": str(error)}, 422)
            if behaviour.result == "canned" and not self._has_canned:
                return JSONResponse({"error": "started without --canned"}, 422)
            self.behaviour = behaviour
        return JSONResponse(self.behaviour.model_dump())

    async def _learn(self, request: Request) -> Response:
        if self._forbidden(request):
            return _FORBIDDEN
        try:
            given = await json_object(request) if request.method == "PUT" else {}
            self._scripts.learn(Scripts.model_validate(given))
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, 422)
        return JSONResponse({})

    async def _let_loose(self, request: Request) -> Response:
        if self._forbidden(request):
            return _FORBIDDEN
        if request.method != "GET":
            try:
                given = await json_object(request) if request.method == "PUT" else {}
                self._scripts.let_loose(Chaos.model_validate(given))
            except ValidationError as error:
                return JSONResponse({"error": str(error)}, 422)
        scripts = self._scripts
        return JSONResponse(scripts.chaos.model_dump(mode="json") | {"said": scripts.said})

    async def _told(self, request: Request) -> Response:
        if self._forbidden(request):
            return _FORBIDDEN
        if request.method == "DELETE":
            self._ledger.reset()
        return JSONResponse(self._ledger.told())

    def _forbidden(self, request: Request) -> bool:
        return request.method in ("PUT", "DELETE") and not self._allowed
