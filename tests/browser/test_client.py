"""The client for TypeScript in Chromium: the page of docs/front-end.md, and an upload over a reload."""

import base64
import re
import shutil
from pathlib import Path

from tests.support.browser import build, drive
from tests.support.snippets import snippets
from tests.support.tools import PROJECT
from tests.support.world import PNG, VIDEO, World

PAGES = Path(__file__).parent / "pages"
LARGE = 40 * 2**20
CLIP = base64.b64encode(VIDEO).decode()
PICTURE = {"type": "image/png", "base64": base64.b64encode(PNG).decode()}


def test_the_page_of_the_guide_makes_a_swap(world: World, tmp_path: Path) -> None:
    document = PROJECT / "docs/front-end.md"
    pages = snippets(document, "html") | {"main.ts": snippets(document, "ts")["main.ts"]}
    for name, code in pages.items():
        (tmp_path / name).write_text(code)
    owner = world.as_owner("guide")
    environment = {"VITE_API_URL": owner.stack.api_url, "VITE_TOKEN": owner.stack.token}
    clip = {"type": "video/mp4", "base64": CLIP}

    driven = drive(
        build(tmp_path, environment), {}, {"clip": clip, "face": PICTURE, "person": PICTURE}
    )

    assert driven.said["status"] == "succeeded"
    link = driven.said["link"]
    assert world.http.get(link, follow_redirects=True).content == VIDEO


def test_an_upload_goes_on_after_a_reload_with_what_is_missing(
    world: World, tmp_path: Path
) -> None:
    shutil.copy(PAGES / "client.ts", tmp_path)
    (tmp_path / "index.html").write_text('<script type="module" src="./client.ts"></script>')
    owner = world.as_owner("reload")
    stack = owner.stack
    given = {"baseUrl": stack.api_url, "token": stack.token, "clip": CLIP, "size": LARGE}

    driven = drive(build(tmp_path), given)

    upload = owner.call("GET", f"/v1/uploads/{driven.said['uploadId']}").json()
    assert (upload["status"], upload["size"]) == ("landed", LARGE)
    arrived = set(driven.said["arrived"])
    put = driven.sent_to("partNumber=", "PUT")
    again = [part_of(each["url"]) for each in put if each["load"] == 1]
    assert arrived, "the page was loaded again before a part had arrived"
    assert sorted(again) == sorted({1, 2, 3, 4, 5} - arrived)
    assert driven.said["told"] == sorted(driven.said["told"])
    assert driven.said["told"][-1] == LARGE


def part_of(url: str) -> int:
    """The number of the part that is put there."""
    found = re.search(r"partNumber=(\d+)", url)
    assert found
    return int(found[1])
