"""One Chromium for the page's tests, and the specs that run in it one by one: `specs/<name>.mjs`.

With PICTURES in the environment each state of the page is also taken, at both widths, into `out/web`.
"""

import json
import os
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.support.chromium import MISSING, find
from tests.support.clips import ANA, CHO, CLIP, write_long_clip, write_unseen_clip
from tests.support.world import World

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
# Where ana is in the clip of the demo, whose frames are 640 pixels wide.
SQUARE = (110, 50, 140)
WIDTH = 640
# Three parts.
BIG = 20 * 2**20

Browser = Callable[[str, dict[str, Any]], str | None]
Spec = Callable[..., None]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Runs a spec, with the facts it is told, in the one Chromium of this process; what went wrong, or None."""
    path = find()
    assert path, MISSING
    with subprocess.Popen(
        ["node", HERE / "browser.mjs", path],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked
        assert answers

        def run(spec: str, facts: dict[str, Any]) -> str | None:
            asked.write(json.dumps({"spec": spec, "facts": facts}) + "\n")
            asked.flush()
            answer = answers.readline()
            assert answer, "Chromium did not start, or its driver ended"
            failed: str | None = json.loads(answer)["failed"]
            return failed

        yield run
        asked.close()
        process.wait(60)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What people choose, by name; media that are wrong among it."""
    folder = tmp_path_factory.mktemp("chosen")
    made = {
        "big": ("big.mp4", CLIP.read_bytes() + free_box(BIG - CLIP.stat().st_size)),
        "noClip": ("notes.mp4", b"These are notes, and no clip at all. " * 40),
        "empty": ("empty.mp4", b""),
        "tiny": ("tiny.png", cv2.imencode(".png", np.zeros((32, 32, 3), np.uint8))[1].tobytes()),
    }
    for name, content in made.values():
        (folder / name).write_bytes(content)
    write_long_clip(folder / "long.mp4", seconds=62)
    write_unseen_clip(folder / "unseen.mov")
    paths = {key: str(folder / name) for key, (name, _) in made.items()}
    return paths | {
        "long": str(folder / "long.mp4"),
        "unseen": str(folder / "unseen.mov"),
        "clip": str(CLIP),
        "face": str(CHO),
        "person": str(ANA),
    }


@pytest.fixture
def spec(browser: Browser, world: World, files: dict[str, str]) -> Spec:
    """Runs a spec of this folder on the stack's page; what it is told besides goes by keywords."""
    stack = world.stack
    assert stack.web_url, "the page is not built: npm run build -w web"
    told = {
        "web": stack.web_url,
        "api": stack.api_url,
        "bucket": stack.aws_endpoint_url,
        "issuer": stack.identity_url,
        "token": stack.token,
        "square": SQUARE,
        "clipWidth": WIDTH,
        "pictures": str(PROJECT / "out/web") if os.environ.get("PICTURES") else None,
        **files,
    }

    def run(name: str, **more: Any) -> None:
        failed = browser(name, told | more)
        assert failed is None, failed

    return run


def free_box(size: int) -> bytes:
    """A part of an MP4 that players skip."""
    return struct.pack(">I4s", size, b"free") + bytes(size - 8)
