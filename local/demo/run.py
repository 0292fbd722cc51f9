"""One swap from upload to download, told on the terminal while it happens."""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from faceswap_adapter import Client, Job, JobHandle
from faceswap_adapter.models import Purpose
from local.client import connected
from local.demo import records, timeline
from local.stack import Stack

CAST = Path(__file__).parent / "cast"
VIDEO, FACE, PERSON = CAST / "cast360.mp4", CAST / "cast_cho.png", CAST / "cast_ana.png"
MEDIA: dict[Purpose, Path] = {
    "init_video": VIDEO,
    "init_image": FACE,
    "reference_image": PERSON,
}
_LONGEST_SECONDS = 300.0
_READ_EVERY = 2.0


class DemoError(Exception):
    """The demo did not go as promised; the text says what."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run left: the job, and what it cost at the provider."""

    job: Job
    result: Path
    submits: int
    fetches: int
    webhooks: int


def run(stack: Stack, folder: Path, console: Console) -> Run:
    """Upload, submit, wait, download; leaves result, job and timeline in the folder.

    Raises:
        DemoError: the job took longer than five minutes.
        FaceswapError: the job failed, or the API refused something.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connected(stack.api_url, stack.token) as client:
        request: dict[str, Any] = {
            purpose: _upload(client, path, purpose, console) for purpose, path in MEDIA.items()
        }
        request["consent"] = {"attested": True, "statement": "The people shown are synthetic."}
        handle = client.create_job(request, idempotency_key=str(uuid.uuid4()))
        console.print(f"  job       {handle.job_id}")
        job = _follow(handle, stack, console)
        (folder / "job.json").write_text(job.model_dump_json(indent=2, by_alias=True) + "\n")
        _write_timeline(stack, job.job_id, folder)
        result = handle.download(folder / "result.mp4")
        console.print(f"  download  {result.name}, {result.stat().st_size / 1e6:.1f} MB")
    told = _ledger(stack, job.provider.request_id or "")
    return Run(job, result, told["submits"], told["fetches"], len(told["webhooks"]))


def _upload(client: Client, path: Path, purpose: Purpose, console: Console) -> str:
    source = client.upload(path, purpose)
    console.print(f"  upload    {purpose:<16} {path.name}, {path.stat().st_size / 1e6:.1f} MB")
    return source


def _follow(handle: JobHandle, stack: Stack, console: Console) -> Job:
    """Read the job every other second, until it is final; show frames meanwhile."""
    began, ask_at, status = time.monotonic(), 0.0, ""
    columns = (TextColumn("  frames    {task.description:<16}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        frames = Frames(progress)
        while time.monotonic() - began < _LONGEST_SECONDS:
            if time.monotonic() >= ask_at:
                job = handle.refresh()
                ask_at = time.monotonic() + _READ_EVERY
                request_id = job.provider.request_id
                frames.show(_ledger(stack, request_id) if request_id else {})
                if job.status != status:
                    status = job.status
                    waited = time.monotonic() - began
                    console.print(f"  status    {status:<16} {waited:5.1f} s{_estimate(job)}")
                if job.is_final:
                    return job
            frames.show(_ledger(stack, request_id) if request_id else {})
            time.sleep(0.25)
    raise DemoError(f"the job was not done after {_LONGEST_SECONDS:.0f} s")


def _estimate(job: Job) -> str:
    if job.eta is None:
        return ""
    seconds = (job.eta - datetime.now(UTC)).total_seconds()
    return f", expected in {max(seconds, 0):.0f} s"


class Frames:
    """A bar for each stage of the engine's work."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def show(self, told: dict[str, Any]) -> None:
        """Show how far the provider says it is; a stage that is over is full."""
        now = told.get("progress")
        if not now or not now["frames"]:
            return
        for stage in ("analyse", "swap"):
            if stage not in self._bars:
                self._bars[stage] = self._progress.add_task(stage, total=now["frames"])
            if stage == now["stage"]:
                self._progress.update(self._bars[stage], completed=now["frame"])
                return
            self._progress.update(self._bars[stage], completed=now["frames"])


def _ledger(stack: Stack, request_id: str) -> dict[str, Any]:
    """What the local provider counted for one request."""
    answer = httpx.get(f"{stack.provider_control_url}/ledger", timeout=10, trust_env=False)
    jobs = answer.raise_for_status().json()["jobs"]
    return next((job for job in jobs if str(job["id"]) == str(request_id)), {})


def _write_timeline(stack: Stack, job_id: str, folder: Path) -> None:
    writes = records.writes(stack, stack.client, job_id)
    steps = records.steps(stack, stack.client, job_id)
    text = timeline.table(timeline.timeline(writes, steps))
    (folder / "timeline.txt").write_text(text)
