"""What people see: progress on the terminal, jobs in words, errors in one line; or JSON for programs."""

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from faceswap_adapter.errors import JobFailedError, ProblemError
from faceswap_adapter.models import Job
from faceswap_adapter.uploads import Progress as Uploaded

_WORDS = {
    "awaiting_upload": "waits for its uploads",
    "queued": "waits for its turn",
    "submitting": "is being handed over",
    "processing": "is being made",
    "succeeded": "is done",
    "failed": "failed",
    "cancelled": "was cancelled",
}
_NAMES = {"init_video": "video", "init_image": "face", "reference_image": "reference"}


class Remaining(ProgressColumn):
    """How long the job is expected to take from now on; nothing where nobody can tell."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """The time that is left, or nothing."""
        eta: datetime | None = task.fields.get("eta")
        if eta is None:
            return Text("")
        left = (eta - datetime.now(UTC)).total_seconds()
        return Text(f"about {math.ceil(left)} s left" if left > 0 else "any moment now")


class Screen:
    """Bars for what goes over the network, a line for what the job does."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bytes = self._transfers()
        self._job = Progress(
            TextColumn("  {task.description:<22}"),
            BarColumn(),
            Remaining(),
            console=console,
            transient=True,
        )
        self._bars: dict[str, TaskID] = {}
        self._line: TaskID | None = None
        self._status = ""

    def _transfers(self) -> Progress:
        columns = (TextColumn("  {task.description:<22}"), BarColumn(), DownloadColumn())
        return Progress(*columns, console=self._console)

    @contextmanager
    def transfers(self) -> Iterator[None]:
        """While something is sent or received; what was before stays above."""
        self._bytes, self._bars = self._transfers(), {}
        with self._bytes:
            yield

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While the job is under way."""
        with self._job:
            yield

    def uploaded(self, progress: Uploaded) -> None:
        """Show how far an upload is."""
        self._moved(f"upload {_NAMES[progress.purpose]}", progress.sent, progress.total)

    def downloaded(self, done: int, size: int) -> None:
        """Show how far the download is."""
        self._moved("download", done, size)

    def _moved(self, name: str, done: int, total: int) -> None:
        if name not in self._bars:
            self._bars[name] = self._bytes.add_task(name, total=total)
        self._bytes.update(self._bars[name], completed=done)

    def updated(self, job: Job) -> None:
        """Show what the job does."""
        if job.status != self._status:
            self._status = job.status
            notice = f" ({escape(job.notice)})" if job.notice else ""
            self._console.print(f"  the job {_WORDS[job.status]}{notice}")
        if self._line is None:
            self._line = self._job.add_task("", total=None)
        self._job.update(self._line, description=job.status, eta=None if job.is_final else job.eta)

    def told(self, text: str) -> None:
        """A line of its own."""
        self._console.print(escape(text))


class Silence(Screen):
    """For programs: nothing but the JSON in the end."""

    def __init__(self) -> None:
        super().__init__(Console(quiet=True))


def print_json(document: object) -> None:
    """One JSON document on the standard output."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def error_document(error: Exception) -> dict[str, object]:
    """An error as JSON: a problem document where there is one."""
    if isinstance(error, ProblemError):
        return error.problem.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(error, JobFailedError):
        return error.job.error.model_dump(mode="json", exclude_none=True)
    return {"type": type(error).__name__, "detail": str(error)}
