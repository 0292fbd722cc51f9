"""Processes that may die, forked from one that has imported everything: a death costs no fresh interpreter.

The first process of an execution environment only looks after its victim. It reports a death in the words in which
the emulator reports one that it has seen itself, and forks the next victim, which knows as little as a new process.
"""

import ctypes
import http.client
import importlib
import json
import mmap
import os
import signal
import sys
from pathlib import Path
from typing import Any

_DEATH = {
    "errorType": "Runtime.ExitError",
    "errorMessage": "Runtime exited before returning a response",
}
_SERVICES = ("dynamodb", "events", "s3", "sqs", "stepfunctions", "secretsmanager")
# They add routes to the app, which nobody asks for here.
_LEFT_OUT = ("document_routes", "openapi_document", "openapi_examples")
_PR_SET_PDEATHSIG = 1


class Victims:
    """The victims of one execution environment, one after the other."""

    def __init__(self) -> None:
        # The id of the invocation that the present victim serves; both processes see it.
        self._serving = mmap.mmap(-1, 128)
        self._is_victim = False
        self._victim = 0

    def enter(self) -> None:
        """Return in a victim only; again at each call of a victim."""
        if self._is_victim:
            return
        _import_everything()
        signal.signal(signal.SIGTERM, self._end)
        while True:
            self.serve("")
            guard = os.getpid()
            self._victim = os.fork()
            if not self._victim:
                self._is_victim = True
                _die_with(guard)
                return
            _, status = os.waitpid(self._victim, 0)
            request = self._serving[:].rstrip(b"\0").decode()
            if not request or os.waitstatus_to_exitcode(status) == 0:
                os._exit(0)  # the environment is stopped
            _report(request)

    def serve(self, request: str) -> None:
        """Note which invocation is served."""
        self._serving[:] = request.encode().ljust(len(self._serving), b"\0")

    def _end(self, *_: object) -> None:
        if self._victim:  # 0 would be everybody in this process group, the emulator too
            os.kill(self._victim, signal.SIGKILL)
        os._exit(0)


def _import_everything() -> None:
    """What a function imports on first use too, and the descriptions of the services that it calls."""
    for module in sorted(Path(os.environ["LAMBDA_TASK_ROOT"]).glob("*.py")):
        if module.stem not in _LEFT_OUT:
            importlib.import_module(module.stem)
    aws, config = (
        importlib.import_module("faceswap.store.aws"),
        importlib.import_module("botocore.config"),
    )
    for service in _SERVICES:
        aws.client(service, config.Config())


def _die_with(guard: int) -> None:
    """Let the victim end with its guard, also where that is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.getppid() != guard:
        sys.exit(0)


def _report(request: str) -> None:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    path = f"/2018-06-01/runtime/invocation/{request}/error"
    body: Any = json.dumps(_DEATH)
    connection.request("POST", path, body, {"content-type": "application/json"})
    connection.getresponse().read()
    connection.close()
