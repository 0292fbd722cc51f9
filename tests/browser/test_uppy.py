"""Uppy 6 in Chromium, set up as docs/front-end.md says, on the local stack."""

import base64
import shutil
from pathlib import Path
from typing import Any

from tests.support.browser import build, drive
from tests.support.snippets import snippets
from tests.support.tools import PROJECT
from tests.support.world import VIDEO, World

PAGES = Path(__file__).parent / "pages"
LARGE = 40 * 2**20
PARTS = 5


def test_a_small_file_by_one_request_and_a_large_one_in_parts(world: World, tmp_path: Path) -> None:
    shutil.copy(PAGES / "uppy.ts", tmp_path)
    (tmp_path / "front-end").mkdir()
    for name, code in snippets(PROJECT / "docs/front-end.md", "ts").items():
        (tmp_path / "front-end" / name).write_text(code)
    (tmp_path / "index.html").write_text('<script type="module" src="./uppy.ts"></script>')
    owner = world.as_owner("uppy")
    given = {
        "baseUrl": owner.stack.api_url,
        "token": owner.stack.token,
        "clip": base64.b64encode(VIDEO).decode(),
        "size": LARGE,
    }

    driven = drive(build(tmp_path), given)

    assert driven.said["failed"] == []
    small, large = driven.said["uploads"]
    sizes = [owner.call("GET", f"/v1/uploads/{each}").json() for each in (small, large)]
    assert [(each["status"], each["size"]) for each in sizes] == [
        ("landed", len(VIDEO)),
        ("landed", LARGE),
    ]
    assert statuses(driven.sent_to(f"uploads/{small}", "PUT")) == [200]
    assert statuses(driven.sent_to(f"uploads/{large}", "PUT")) == [200] * PARTS
    assert driven.said["progress"] > PARTS
    job = owner.create(owner.request(init_video=f"upload:{large}"))
    assert owner.final(job["job_id"])["status"] == "succeeded"


def statuses(requests: list[dict[str, Any]]) -> list[int]:
    """What the bucket answered; the preflights are others."""
    return [each["status"] for each in requests]
