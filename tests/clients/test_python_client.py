"""`clients/python` on the whole local stack: swaps, parts after a break, answers that are cut, the README."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from faceswap_adapter import AsyncClient, Client, Progress
from faceswap_adapter.uploads import MULTIPART_FROM
from tests.support.client_command import SOURCE, environment
from tests.support.cutting_proxy import AFTER, PLACES, cutting_proxy
from tests.support.tools import PROJECT
from tests.support.world import PNG, VIDEO, World

PART = 8 * 1024 * 1024
README = (SOURCE.parent / "README.md").read_text()
ADDRESS = "https://media.example.com/x.mp4"
AGREED = "They agreed."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the three files of a swap."""
    (tmp_path / "clip.mp4").write_bytes(VIDEO)
    (tmp_path / "face.png").write_bytes(PNG)
    (tmp_path / "person.png").write_bytes(PNG)
    return tmp_path


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


def media(folder: Path) -> dict[str, Any]:
    names = {"video": "clip.mp4", "face": "face.png", "reference": "person.png"}
    return {place: folder / name for place, name in names.items()}


def owned(world: World, name: str) -> list[str]:
    """The ids of the jobs that this owner has."""
    listed = world.as_owner(name).call("GET", "/v1/jobs").json()["items"]
    return [job["job_id"] for job in listed]


def test_a_whole_swap(world: World, folder: Path, http: httpx.Client) -> None:
    statuses: list[str] = []
    client = Client(world.stack.api_url, world.stack.token, http=http)

    handle = client.swap(**media(folder), consent=AGREED)
    handle.wait(on_update=lambda job: statuses.append(job.status))
    handle.download(folder / "out.mp4")

    assert statuses[-1] == "succeeded"
    [(_, size)] = world.results(handle.job_id)
    assert (folder / "out.mp4").stat().st_size == size


def test_a_whole_swap_by_asyncio(world: World, folder: Path) -> None:
    async def swap() -> tuple[list[str], int]:
        async with (
            httpx.AsyncClient(timeout=60, trust_env=False) as http,
            AsyncClient(world.stack.api_url, lambda: world.stack.token, http=http) as client,
        ):
            handle = await client.swap(**media(folder), consent=AGREED)
            seen: list[str] = [job.status async for job in handle]
            link = await handle.result()
            await handle.download(folder / "out.mp4")
            return seen, link.size

    statuses, size = asyncio.run(swap())

    assert statuses[-1] == "succeeded"
    assert (folder / "out.mp4").stat().st_size == size


def test_after_a_break_only_the_missing_parts_are_sent(
    world: World, folder: Path, http: httpx.Client
) -> None:
    clip = folder / "long.mp4"
    with clip.open("wb") as file:
        file.write(VIDEO + (8 + MULTIPART_FROM).to_bytes(4, "big") + b"free")
        file.truncate(len(VIDEO) + 8 + MULTIPART_FROM)
    sent: list[str] = []

    def broken_off(progress: Progress) -> None:
        if progress.sent > PART + 1:
            raise KeyboardInterrupt

    def note(request: httpx.Request) -> None:
        if request.method == "PUT":
            sent.append(request.url.params["partNumber"])

    http.event_hooks = {"request": [note]}
    first = Client(world.stack.api_url, world.stack.token, store=folder / "state", http=http)
    with pytest.raises(KeyboardInterrupt):
        first.upload(clip, "init_video", broken_off)
    assert sent == ["1", "2"]
    sent.clear()

    second = Client(world.stack.api_url, world.stack.token, store=folder / "state", http=http)
    source = second.upload(clip, "init_video")

    assert sent == ["2", "3"]
    upload = world.call("GET", f"/v1/uploads/{source.removeprefix('upload:')}").json()
    assert (upload["status"], upload["size"]) == ("landed", clip.stat().st_size)


@pytest.mark.parametrize("place", [*PLACES, AFTER])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_that_is_cut_makes_no_second_job(
    world: World, http: httpx.Client, place: str, kind: str
) -> None:
    owner = f"cut-{kind}-{place.replace(' ', '-')}"
    token = world.as_owner(owner).stack.token
    sources: dict[str, Any] = dict.fromkeys(("video", "face", "reference"), ADDRESS)

    async def awaited(api_url: str) -> str:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as other:
            client = AsyncClient(api_url, token, http=other, random=lambda: 0.0)
            return (await client.swap(**sources, consent=AGREED)).job_id

    with cutting_proxy(world.stack.api_url, "/v1/jobs", place, times=2) as proxy:
        if kind == "async":
            job_id = asyncio.run(awaited(proxy.api_url))
        else:
            client = Client(proxy.api_url, token, http=http, random=lambda: 0.0)
            job_id = client.swap(**sources, consent=AGREED).job_id

    tries = 1 if place == AFTER else 3
    assert proxy.asked == ["POST /v1/jobs"] * tries
    assert owned(world, owner) == [job_id]


def test_every_program_of_the_readme_runs(world: World, folder: Path) -> None:
    programs = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    given = environment(world, folder)
    shell = ["bash", "-euc", _commands()]
    running = [
        subprocess.Popen(
            command,
            cwd=folder,
            env=given | {"PATH": f"{folder}:{given['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in [shell, *([sys.executable, "-W", "error", "-c", each] for each in programs)]
    ]
    told = [(process, *process.communicate(timeout=300)) for process in running]

    assert [(process.returncode, errors) for process, _, errors in told[1:]] == [(0, "")] * 4
    by_shell, swapped, awaited, listed, _ = [output for _, output, _ in told]
    assert told[0][0].returncode == 0, told[0][2]
    assert (folder / "from-the-command.mp4").exists()
    assert "job_" in by_shell
    assert "succeeded" in swapped
    assert (folder / "swapped.mp4").exists()
    assert "done:" in awaited
    assert "job_" in listed


def test_the_program_of_the_projects_readme_runs(world: World, tmp_path: Path) -> None:
    assert world.work
    document = (PROJECT / "README.md").read_text()
    [program] = re.findall(r"<<'END'\n(from pathlib.+?)^END$", document, re.DOTALL | re.MULTILINE)
    for name, place in (("local", PROJECT / "local"), (".local", world.work)):
        (tmp_path / name).symlink_to(place)
    (tmp_path / "out").mkdir()
    given = environment(world, tmp_path)

    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env=given | {"PYTHONPATH": f"{given['PYTHONPATH']}:{PROJECT}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1].startswith("succeeded")
    assert (tmp_path / "out/swapped.mp4").stat().st_size


def _commands() -> str:
    """What the README types, with a `faceswap` that is this checkout's."""
    [typed] = re.findall(r"```sh\n(.+?)```", README, re.DOTALL)
    return f'faceswap() {{ {sys.executable} -m faceswap_adapter.cli "$@"; }}\n{typed}'


def test_the_readmes_verifier_takes_what_the_stack_signs(world: World, http: httpx.Client) -> None:
    [program] = [
        each for each in re.findall(r"```python\n(.+?)```", README, re.DOTALL) if "verified" in each
    ]
    names: dict[str, object] = {}
    exec(program, names)  # noqa: S102
    verified = names["verified"]
    assert callable(verified)
    client = Client(world.stack.api_url, world.stack.token, http=http)
    headers, body = signed(client.callback_secrets()[0].secret)

    assert verified(client, body, headers) == {"type": "job.succeeded"}


def signed(secret: str) -> tuple[dict[str, str], bytes]:
    """A callback as the stack signs it."""
    now, body = datetime.now(UTC), '{"type": "job.succeeded"}'
    signature = Webhook(secret).sign("msg_1", now, body)
    stamp = str(int(now.timestamp()))
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": signature,
    }, body.encode()
