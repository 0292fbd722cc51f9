"""A provider in a process of its own, and shortcuts to what a client and an operator do with it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tests.support.until import until

PROJECT = Path(__file__).resolve().parents[2]
KEY = "key-of-the-tests"
CANNED = b"\x00\x00\x00\x18ftypisom" + bytes(range(200))
URLS = {
    "init_video": "https://media.example/private/video.mp4?signature=of-video",
    "init_image": "https://media.example/private/donor.png?signature=of-donor",
    "reference_image": "https://pictures.example:8443/private/person.png?signature=of-person",
}
_START_SECONDS = _STOP_SECONDS = 300.0


@dataclass(frozen=True)
class Client:
    """One provider, and what is known of it."""

    url: str
    log: Path
    http: httpx.Client
    process: int

    # As the adapter does it.

    def submit(self, **changes: Any) -> httpx.Response:
        """Order a swap; None leaves a field out."""
        body = {"key": KEY, **URLS, **changes}
        return self.post({name: value for name, value in body.items() if value is not None})

    def post(self, body: Any, family: str = "faceswap") -> httpx.Response:
        """Send a submit's body, as JSON unless it is bytes."""
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.http.post(f"/api/v6/{family}/specific_video_swap", **content)

    def accepted(self, **changes: Any) -> dict[str, Any]:
        """Order a swap and see it taken."""
        answer = self.submit(**changes)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert told["status"] == "processing", told
        return told

    def fetch(self, number: object, key: str = KEY, *, family: str = "faceswap") -> httpx.Response:
        """Ask after a job."""
        return self.http.post(f"/api/v6/{family}/fetch/{number}", json={"key": key})

    def over(self, number: object, *, seconds: float = 120.0) -> dict[str, Any]:
        """Ask after a job until it is over."""
        fetched: dict[str, Any] = until(
            lambda: self.fetch(number).json(),
            holds=lambda told: told["status"] != "processing",
            seconds=seconds,
        )
        return fetched

    def file(self, fetched: dict[str, Any]) -> httpx.Response:
        """Read the result of a job that succeeded."""
        (url,) = fetched["output"]
        return self.http.get(url)

    # As an operator does it.

    def control(self, method: str, part: str, **content: Any) -> httpx.Response:
        """Use the control side."""
        return self.http.request(method, f"/_control/{part}", **content)

    def behave(self, **behaviour: Any) -> None:
        """Tell it how to behave."""
        answer = self.control("PUT", "behaviour", json=behaviour)
        assert answer.status_code == 200, answer.text

    def ledger(self) -> dict[str, Any]:
        """Read what it counted."""
        answer = self.control("GET", "ledger")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def entry(self, number: object) -> dict[str, Any]:
        """Read what it counted for one job."""
        (entry,) = (job for job in self.ledger()["jobs"] if job["id"] == number)
        found: dict[str, Any] = entry
        return found


class Full(NamedTuple):
    """A provider whose queue holds all it may: two jobs that do not end, and how it took them."""

    client: Client
    accepted: list[dict[str, Any]]


@contextmanager
def serving(folder: Path, *options: str, key: str = KEY, **environment: str) -> Iterator[Client]:
    """Start a provider, wait until it listens, and end it."""
    log = folder / "log"
    command = [sys.executable, "-m", "local.provider", "serve", "--port", "0"]
    command += ["--work", str(folder / "work"), *(["--key", key] if key else []), *options]
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=PROJECT, env=environment or None, stdout=output, stderr=output
        ) as process,
    ):
        try:
            url = until(lambda: _ready(log, process), seconds=_START_SECONDS)
            with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
                yield Client(url, log, http, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def folders(work: Path) -> list[str]:
    """The names of the folders in a work folder."""
    return [path.name for path in work.iterdir() if path.is_dir()]


def engines(folder: Path) -> list[int]:
    """The process ids of the engines that a provider with this folder runs."""
    processes = [path for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return [int(path.name) for path in processes if _is_engine(path, folder)]


def _is_engine(process: Path, folder: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes().decode()
    except OSError:
        return False
    return "local.provider.swap" in words and str(folder) in words


def _ready(log: Path, process: subprocess.Popen[bytes]) -> str:
    assert process.poll() is None, log.read_text()
    first, _, _ = log.read_text().partition("\n")
    return first.removeprefix("ready ") if first.startswith("ready http") else ""
