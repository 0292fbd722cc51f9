"""Making a job's result: so many swaps at once, each in a process of its own, begun again after a restart."""

import asyncio
import json
import shutil
import sys
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from local.provider.errors import WorkError
from local.provider.inputs import fetch_inputs
from local.provider.job_registry import JobRegistry
from local.provider.jobs import Job
from local.provider.scripts import AnswerScripts
from local.provider.webhooks import WebhookSender

_SWAP_SECONDS = 600.0
# A job that brings the whole server down must not do so for ever.
_MOST_BEGINNINGS = 3
_SCRATCH = "job-"
# Ctrl-C in a terminal reaches every process there; it is for the server, which ends its engines itself.
_DEAF_TO_CTRL_C = ["/bin/sh", "-c", 'trap "" INT && exec "$@"', "engine"]
_TRY_AGAIN = "Failed, Try Again"


class Workers:
    """Places at which swaps are made, in the order of arrival, and the files that come out."""

    def __init__(
        self,
        folder: Path,
        canned: Path | None,
        ledger: JobRegistry,
        scripts: AnswerScripts,
        at_once: int,
        lifetime: timedelta,
    ) -> None:
        self._files = folder / "files"
        self._canned = canned
        self._ledger = ledger
        self._bench = asyncio.Semaphore(at_once)
        self._lifetime = lifetime
        self._http = httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=True)
        self._messenger = WebhookSender(self._http, scripts)
        self._files.mkdir(parents=True, exist_ok=True)
        for left_behind in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left_behind)
        self.throw_away_expired()

    def file_of(self, job: Job) -> Path:
        """Where the job's result lies."""
        return self._files / f"{job.id}.mp4"

    def keeps(self, job: Job) -> bool:
        """Whether the job has a result that is still kept."""
        kept = job.status == "success" and not job.deleted
        return kept and not job.expired(datetime.now(UTC), self._lifetime)

    def throw_away_expired(self) -> None:
        """Remove the results whose links have expired."""
        for job in self._ledger:
            if job.status == "success" and not self.keeps(job):
                self.file_of(job).unlink(missing_ok=True)

    async def run(self, job: Job) -> None:
        """Do what is left of a job, from its inputs to its webhook. Never raises for what the job is about."""
        if job.status == "processing":
            await self._make(job)
            self.throw_away_expired()
        await self._messenger.tell(job)
        job.told = True
        self._ledger.save(job)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _make(self, job: Job) -> None:
        trouble = None
        async with self._bench if job.behaviour.in_line else nullcontext():
            try:
                await self._try(job)
            except WorkError as error:
                trouble = str(error)
            except (OSError, ValueError) as error:
                # A fault of this machine; without an end the job would hold its place in the queue.
                print(f"job {job.id}: {type(error).__name__}", file=sys.stderr, flush=True)
                trouble = _TRY_AGAIN
        job.end(datetime.now(UTC), trouble)
        self._ledger.save(job)

    async def _try(self, job: Job) -> None:
        if job.begun >= _MOST_BEGINNINGS:
            raise WorkError(_TRY_AGAIN)
        job.begin(datetime.now(UTC))
        self._ledger.save(job)
        if job.behaviour.result == "canned":
            await self._copy_canned(job)
        else:
            await self._swap(job)

    async def _copy_canned(self, job: Job) -> None:
        await asyncio.sleep(job.behaviour.seconds)
        if self._canned is None:
            raise WorkError("there is no canned result")
        shutil.copyfile(self._canned, self.file_of(job))

    async def _swap(self, job: Job) -> None:
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=self._files.parent) as name:
            folder = Path(name)
            inputs = await fetch_inputs(self._http, job.submit, folder)
            output = folder / "output.mp4"
            command = [
                *_DEAF_TO_CTRL_C,
                sys.executable,
                "-m",
                "local.provider.swap",
                *map(str, inputs),
                str(output),
            ]
            await self._engine([*command, "yes" if job.submit.watermark else "no"], job)
            output.replace(self.file_of(job))

    async def _engine(self, command: list[str], job: Job) -> None:
        """Run the engine; its progress comes as lines of JSON, an error as the last one."""
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        trouble = "the engine stopped"
        try:
            async with asyncio.timeout(_SWAP_SECONDS):
                while process.stdout and (line := await process.stdout.readline()):
                    told = json.loads(line)
                    trouble = told.get("error", trouble)
                    job.progress = told if "stage" in told else job.progress
                code = await process.wait()
        except TimeoutError:
            raise WorkError("Processing took too long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code != 0:
            raise WorkError(trouble)
