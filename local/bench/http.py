"""How fast the routes answer on the local stack, warm, to one client; a crowd of requests; and a burst of jobs."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx

from faceswap_adapter.models import Purpose
from local.bench.rows import Row
from local.client import connected
from local.demo.run import FACE, PERSON, VIDEO
from local.stack import Stack, down, up

GROUP = "http"
_TIMES, _WARM, _REST = 60, 15, 0.5
_TIMEOUT_SECONDS = 120
_CROWD, _AT_ONCE = 500, 16
_BURST = 1000
_MOST_READS, _MOST_MILLISECONDS = 2.5, 1000.0
_JOBS_OF_AN_UPLOAD = 20
_ADDRESSES = dict.fromkeys(
    ("init_video", "init_image", "reference_image"), "https://media.example.com/x.mp4"
)
_CONSENT = {"attested": True, "statement": "All agreed."}
_FILES: dict[Purpose, Path] = {
    "init_video": VIDEO,
    "init_image": FACE,
    "reference_image": PERSON,
}


def measure(folder: Path) -> Iterator[Row]:
    """On a stack of its own, whose provider has one slot."""
    work = folder / "http"
    try:
        stack = up(
            work,
            parameters={"ProviderConcurrency": "1"},
            chaos=True,
            canned=VIDEO,
            say=lambda _: None,
        )
        _behave(stack, seconds=0.5)
        with httpx.Client(
            base_url=stack.api_url,
            headers={"authorization": f"Bearer {stack.token}"},
            timeout=60,
            trust_env=False,
        ) as api:
            yield from _routes(stack, api)
            yield _crowd(api)
            yield from _burst(api)
    finally:
        down(work)


def _routes(stack: Stack, api: httpx.Client) -> Iterator[Row]:
    one_read = 0.0
    for name, call in _calls(stack, api).items():
        # The execution of a job that was made works on the same processors for a while.
        rest = _REST if name.startswith("POST /v1/jobs,") else 0
        times = _timed(call, _WARM + _TIMES, rest)[_WARM:]
        middle, most = _percentile(times, 50), _percentile(times, 95)
        one_read = one_read or middle
        if "three landed" in name:
            against = f"{_MOST_READS:g} reads of a job"
            yield Row(
                GROUP, f"{name}: p50", "ms", middle, _MOST_READS * one_read, against, "at most"
            )
        else:
            yield Row(GROUP, f"{name}: p50", "ms", middle, one_read, "a read of a job")
        yield Row(GROUP, f"{name}: p95", "ms", most)


def _calls(stack: Stack, api: httpx.Client) -> dict[str, Callable[[], httpx.Response]]:
    """A call of each route; those that make something come before those that end it."""
    done = _done(api)
    _behave(stack, seconds=5)  # from now on most jobs wait
    path = f"/v1/jobs/{done['job_id']}"
    sources = _uploaded(stack)
    upload = sources[0]["init_video"].removeprefix("upload:")
    reserve = {"purpose": "init_image", "content_type": "image/png", "size": 5}
    nth, made, reserved = iter(range(_TIMES + _WARM)), deque[str](), deque[str]()

    def create(media: dict[str, str]) -> httpx.Response:
        answer = _create(api, media)
        made.append(f"/v1/jobs/{answer.json()['job_id']}")
        return answer

    def reserve_one() -> httpx.Response:
        answer = api.post("/v1/uploads", json=reserve)
        reserved.append(f"/v1/uploads/{answer.json()['upload_id']}")
        return answer

    return {
        "GET /v1/jobs/{job_id}": lambda: api.get(path),
        "GET /v1/jobs/{job_id}/result": lambda: api.get(f"{path}/result"),
        "HEAD /v1/results/{job_id}/{token}": lambda: api.head(done["result"]["link"]),
        "GET /v1/jobs/{job_id}/callbacks": lambda: api.get(f"{path}/callbacks"),
        "GET /v1/callbacks": lambda: api.get("/v1/callbacks"),
        "GET /v1/callback-secrets": lambda: api.get("/v1/callback-secrets"),
        "GET /v1/uploads/{upload_id}": lambda: api.get(f"/v1/uploads/{upload}"),
        "POST /v1/uploads": reserve_one,
        "DELETE /v1/uploads/{upload_id}": lambda: api.delete(reserved.popleft()),
        "POST /v1/jobs, three landed uploads": lambda: create(
            sources[next(nth) // _JOBS_OF_AN_UPLOAD]
        ),
        "POST /v1/jobs, three addresses": lambda: create(_ADDRESSES),
        "GET /v1/jobs": lambda: api.get("/v1/jobs?limit=20"),
        "GET /v1/jobs?status=succeeded": lambda: api.get("/v1/jobs?limit=20&status=succeeded"),
        "POST /v1/jobs/{job_id}/cancel": lambda: api.post(f"{made.pop()}/cancel"),
        "DELETE /v1/jobs/{job_id}": lambda: api.delete(made.pop()),
    }


def _behave(stack: Stack, seconds: float) -> None:
    """Let the provider take so many seconds for a job."""
    behaviour = {"result": "canned", "seconds": seconds, "room": 100}
    control = f"{stack.provider_control_url}/behaviour"
    httpx.put(control, json=behaviour, trust_env=False).raise_for_status()


def _done(api: httpx.Client) -> dict[str, Any]:
    """A job that has succeeded."""
    job: dict[str, Any] = _create(api, _ADDRESSES).json()
    end = time.monotonic() + _TIMEOUT_SECONDS
    while job["status"] != "succeeded" and time.monotonic() < end:
        time.sleep(_REST)
        job = api.get(f"/v1/jobs/{job['job_id']}").json()
    if job["status"] != "succeeded":
        raise TimeoutError(f"a job did not end in {_TIMEOUT_SECONDS} s: {job}")
    return job


def _crowd(api: httpx.Client) -> Row:
    """Half of them create, half read a list."""

    def ask(number: int) -> int:
        answer = _create(api, _ADDRESSES) if number % 2 else api.get("/v1/jobs?limit=5")
        return answer.status_code

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        statuses = list(threads.map(ask, range(_CROWD)))
    failed = sum(status >= httpx.codes.INTERNAL_SERVER_ERROR for status in statuses)
    name = f"{_CROWD} requests, {_AT_ONCE} at once: answers of 5xx"
    return Row(GROUP, name, "", failed, 0, "none", "at most")


def _burst(api: httpx.Client) -> Iterator[Row]:
    """Jobs in a row with one slot: nearly all wait."""
    times = _timed(lambda: _create(api, _ADDRESSES), _BURST)
    name = f"{_BURST} creations in a row, one slot"
    yield Row(GROUP, f"{name}: p50", "ms", _percentile(times, 50))
    most = _percentile(times, 95)
    yield Row(GROUP, f"{name}: p95", "ms", most, _MOST_MILLISECONDS, "a second", "at most")


def _create(api: httpx.Client, media: dict[str, str]) -> httpx.Response:
    headers = {"idempotency-key": uuid4().hex}
    return api.post("/v1/jobs", json=media | {"consent": _CONSENT}, headers=headers)


def _uploaded(stack: Stack) -> list[dict[str, str]]:
    """Uploads that have landed, as many of each as the measured jobs need."""
    sets = -(-(_TIMES + _WARM) // _JOBS_OF_AN_UPLOAD)
    with connected(stack.api_url, stack.token or "") as client:
        return [
            {purpose: client.upload(file, purpose) for purpose, file in _FILES.items()}
            for _ in range(sets)
        ]


def _timed(call: Callable[[], httpx.Response], times: int, rest: float = 0) -> list[float]:
    """Milliseconds of each call, one after the other, with a rest of so many seconds between; all have to succeed."""
    taken = []
    for _ in range(times):
        time.sleep(rest)
        began = time.perf_counter()
        answer = call()
        if answer.is_error:
            answer.raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _percentile(times: list[float], percent: int) -> float:
    return quantiles(times, n=100)[percent - 1]
