"""docs/front-end.md: what it shows for servers and shells compiles and does a swap; for its pages see tests/browser."""

from pathlib import Path

import pytest

from tests.support.snippets import snippets, unnamed
from tests.support.tools import PROJECT, run
from tests.support.typescript import compile_strictly, install, run_on, write
from tests.support.world import PNG, VIDEO, World

DOCUMENT = PROJECT / "docs/front-end.md"
SNIPPETS = snippets(DOCUMENT, "ts")
# The commands that fetch packages, and what is for phones.
NOT_RUN = 3


def test_all_its_code_for_typescript_compiles(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "node_modules").mkdir()
    install(tmp_path, tmp_path_factory.mktemp("packed"))
    for name in ("@uppy", "vite"):
        (tmp_path / "node_modules" / name).symlink_to(PROJECT / "node_modules" / name)
    env = tmp_path / "env.d.ts"
    env.write_text('/// <reference types="vite/client" />\n')

    compile_strictly(tmp_path, [env, *write(tmp_path, SNIPPETS)], "bundler")


def test_plain_fetch(world: World, tmp_path: Path) -> None:
    owner = world.as_owner("fetch")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    compile_strictly(tmp_path, write(tmp_path, {"fetch.ts": SNIPPETS["fetch.ts"]}))

    [link] = run_on(owner, tmp_path, "fetch.ts")

    assert world.http.get(link, follow_redirects=True).content == VIDEO


def test_curl(world: World, tmp_path: Path) -> None:
    owner = world.as_owner("curl")
    for name, content in {"clip.mp4": VIDEO, "face.png": PNG, "person.png": PNG}.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "curl.sh").write_text(snippets(DOCUMENT, "sh")["curl.sh"])
    environment = {"API": owner.stack.api_url, "TOKEN": owner.stack.token}

    said = run("sh", "curl.sh", cwd=tmp_path, environment=environment)

    assert said.split() == ["succeeded"]
    assert (tmp_path / "result.mp4").read_bytes() == VIDEO


def test_no_other_code_of_it_is_left_out() -> None:
    assert unnamed(DOCUMENT) == NOT_RUN
