"""Runs inside the functions: notes each call that leaves an invocation, and lets the process die where a plan says.

A plan is a file `<name>.json` in the folder CRASH_PLANS with `markers`, the words by which an event is known to
belong to it, and at most one `point`: `{"kind", "call", "nth", "when"}`. What is seen is added to `<name>.seen`, a
line a call; who dies or has to be held first makes `<name>.done`, so that it happens once.
"""

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import httpx
from botocore.client import BaseClient

from victims import Victims

_HOLD_SECONDS = 120
_PLANS = Path(os.environ["CRASH_PLANS"])
_PROVIDER = {"specific_video_swap": "submit", "fetch": "fetch", "delete_image": "delete"}


class _Invocation:
    """One event that belongs to a plan, and the calls made so far for it."""

    def __init__(self, plan: Path, point: dict[str, Any] | None, kind: str) -> None:
        self.kind = kind
        self.point = point
        self._seen = plan.with_suffix(".seen")
        self._done = plan.with_suffix(".done")
        self._made: Counter[str] = Counter()

    def before(self, call: str) -> None:
        self._made[call] += 1
        with self._seen.open("a") as seen:
            seen.write(json.dumps([self.kind, call, self._made[call]]) + "\n")
        self._act(call, "before")

    def after(self, call: str) -> None:
        self._act(call, "after")

    def _act(self, call: str, when: str) -> None:
        here = {"kind": self.kind, "call": call, "nth": self._made[call], "when": when}
        if self.point is None or {name: self.point[name] for name in here} != here:
            return
        try:
            self._done.open("x").close()
        except FileExistsError:
            return
        if self.point.get("holds"):
            self._wait_for_release()
        else:
            _die()

    def _wait_for_release(self) -> None:
        release, end = self._done.with_suffix(".go"), time.monotonic() + _HOLD_SECONDS
        while not release.exists() and time.monotonic() < end:
            time.sleep(0.02)
        if release.exists() and release.read_text() == "die":
            _die()


_current: _Invocation | None = None


def _die() -> NoReturn:
    sys.stdout.flush()
    os._exit(1)


def _kind(event: dict[str, Any]) -> str:
    if "task" in event:
        return str(event["task"])
    if "Records" in event:
        of_queue = event["Records"][0].get("eventSource") == "aws:sqs"
        return "callback" if of_queue else "starter"
    if event.get("source") == "aws.s3":
        is_manifest = event["detail"]["object"]["key"].endswith(".job.json")
        return "manifest" if is_manifest else "landed"
    if event.get("detail-type") == "Job Requested":
        return "requested"
    return str(event.get("routeKey", "other"))


def _planned(body: bytes) -> _Invocation | None:
    text = body.decode(errors="replace")
    for plan in sorted(_PLANS.glob("*.json")):
        try:
            said = json.loads(plan.read_text())
        except FileNotFoundError:
            continue  # its run has just ended
        if any(marker in text for marker in said["markers"]):
            return _Invocation(plan, said.get("point"), _kind(json.loads(text)))
    return None


def _begin(body: bytes) -> None:
    global _current  # noqa: PLW0603 - one invocation at a time, as Lambda has it
    _current = _planned(body)
    if _current is None:
        return
    if _current.point is None or _current.point["call"].startswith("secretsmanager"):
        _forget_services()
    _current.before("invocation")


def _forget_services() -> None:
    """Let this invocation be as the first one of its process, which reads the secrets."""
    for name in ("jobs", "results"):
        container = sys.modules.get(f"faceswap.container.{name}")
        if container:
            getattr(container, f"{name}_container").cache_clear()


def install(client_class: Any) -> None:
    """Put the hook around each invocation, each call to AWS and each request to the provider."""
    wait, answer = client_class.wait_next_invocation, client_class.post_invocation_result
    call, send = BaseClient._make_api_call, httpx.Client.send  # type: ignore[attr-defined]
    victims = Victims()

    def wait_next_invocation(self: Any) -> Any:
        victims.enter()
        victims.serve("")
        request = wait(self)
        victims.serve(request.invoke_id)
        _begin(request.event_body)
        return request

    def post_invocation_result(self: Any, *args: Any, **options: Any) -> None:
        if _current:
            _current.after("invocation")
        answer(self, *args, **options)

    def make_api_call(self: Any, operation: str, parameters: Any) -> Any:
        name = f"{self.meta.service_model.service_name}.{operation}"
        return _around(name, lambda: call(self, operation, parameters))

    def send_request(self: Any, request: httpx.Request, **options: Any) -> Any:
        words = [word for part, word in _PROVIDER.items() if f"/{part}" in request.url.path]
        name = f"provider.{words[0] if words else 'download'}"
        if request.method == "POST" and not words:
            name = "client.post"
        return _around(name, lambda: send(self, request, **options))

    client_class.wait_next_invocation = wait_next_invocation
    client_class.post_invocation_result = post_invocation_result
    BaseClient._make_api_call = make_api_call  # type: ignore[attr-defined]
    httpx.Client.send = send_request  # type: ignore[method-assign]


def _around(name: str, make: Any) -> Any:
    invocation = _current
    if invocation is None:
        return make()
    invocation.before(name)
    try:
        return make()
    finally:
        invocation.after(name)
