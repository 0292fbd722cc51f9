"""Making a job's result: fetch the inputs, swap in a process of its own, tell the webhook."""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from local.provider import messages
from local.provider.behaviour import Behaviour
from local.provider.jobs import Job
from local.provider.says import Post
from local.provider.scripts import Prompter, spoken

_LARGEST = {
    "init_video": 200 * 1024 * 1024,
    "init_image": 40 * 1024 * 1024,
    "reference_image": 40 * 1024 * 1024,
}
_DOWNLOAD_SECONDS, _WEBHOOK_SECONDS, _SWAP_SECONDS = 120.0, 30.0, 600.0

# How much of a webhook's URL a forged one has wrong.
_TOKEN_END = 8


class WorkError(Exception):
    """A job failed; the text is for the one who asked."""


class Workshop:
    """One swap at a time, in the order of arrival."""

    def __init__(self, folder: Path, canned: Path | None, prompter: Prompter) -> None:
        self._prompter = prompter
        self._files = folder / "files"
        self._files.mkdir(parents=True, exist_ok=True)
        self._canned = canned
        self._bench = asyncio.Lock()
        self._http = httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=True)

    def file_of(self, job: Job) -> Path:
        """Where the job's result lies."""
        return self._files / f"{job.id}.mp4"

    async def run(self, job: Job, behaviour: Behaviour) -> None:
        """Do a job from its inputs to its webhook. Never raises for what the job is about."""
        began = time.monotonic()
        try:
            if behaviour.result == "canned":
                await self._copy_canned(job, behaviour.seconds)
            else:
                async with self._bench:
                    began = time.monotonic()
                    await self._swap(job)
            job.generation_time = time.monotonic() - began
            job.status = "success"
        except WorkError as error:
            job.error, job.status = str(error), "failed"
        except (OSError, ValueError) as error:
            # A fault of this machine; without an end the job would hold its place in the queue.
            print(f"job {job.id}: {type(error).__name__}", file=sys.stderr, flush=True)
            job.error, job.status = "Failed, Try Again", "failed"
        if job.deleted:
            self.file_of(job).unlink(missing_ok=True)
        if job.webhook:
            await self._tell_all(job, job.webhook, behaviour)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _copy_canned(self, job: Job, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self._canned is None:
            raise WorkError("there is no canned result")
        shutil.copyfile(self._canned, self.file_of(job))

    async def _swap(self, job: Job) -> None:
        with tempfile.TemporaryDirectory(dir=self._files.parent) as name:
            folder = Path(name)
            inputs = [
                await self._fetch(purpose, getattr(job, purpose), folder / purpose)
                for purpose in _LARGEST
            ]
            output = folder / "output.mp4"
            command = [sys.executable, "-m", "local.provider.swap", *map(str, inputs), str(output)]
            await self._engine([*command, "yes" if job.watermark else "no"], job)
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

    async def _fetch(self, purpose: str, url: str, target: Path) -> Path:
        kind = "video" if purpose == "init_video" else "image"
        size = 0
        try:
            async with asyncio.timeout(_DOWNLOAD_SECONDS), self._http.stream("GET", url) as answer:
                answer.raise_for_status()
                with target.open("wb") as file:
                    async for chunk in answer.aiter_bytes():
                        size += len(chunk)
                        if size > _LARGEST[purpose]:
                            raise WorkError(f"The {kind} is too large")
                        file.write(chunk)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise WorkError(f"Unable to fetch {kind} from provided URL") from None
        return target

    async def _tell_all(self, job: Job, url: str, behaviour: Behaviour) -> None:
        """Post the webhooks that this job has, one after the other."""
        times = {"withheld": 0, "twice": 2}.get(behaviour.webhook, 1)
        told = self._prompter.posts(job.customer)
        self._prompter.note_posted(job.customer)
        for post in told.posts if told else (Post(),) * times:
            await asyncio.sleep(post.delay)
            await self._tell(
                job, url[:-_TOKEN_END] + "x" * _TOKEN_END if post.forged else url, post
            )

    async def _tell(self, job: Job, url: str, post: Post) -> None:
        """Post one webhook; whether it arrived is only written down."""
        told: dict[str, object] = {"at": datetime.now(UTC).isoformat()}
        said = json.dumps(messages.webhook(job)) if post.body is None else spoken(post.body, job)
        try:
            answer = await self._http.post(
                url,
                content=said,
                headers={"content-type": "application/json"},
                timeout=_WEBHOOK_SECONDS,
                follow_redirects=False,
            )
            told["http_status"] = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told["error"] = type(error).__name__
        job.webhooks.append(told)
