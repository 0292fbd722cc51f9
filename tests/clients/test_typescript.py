"""The client for TypeScript: as it is generated, packed, told of, and as it works on the whole local stack."""

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.cutting_proxy import AFTER, PLACES, cutting_proxy
from tests.support.snippets import snippets, unnamed
from tests.support.world import PNG, TYPES, VIDEO, World

PROJECT = Path(__file__).parents[2]
CLIENT = PROJECT / "clients/typescript"
README = CLIENT / "README.md"
TOOLS = PROJECT / "node_modules/.bin"
SUPPORT = PROJECT / "tests/support/typescript"
NAME = "faceswap-adapter-client"
MOST_BYTES = 10_000
_SECONDS = 600
MEDIA = {
    purpose: [base64.b64encode(VIDEO if purpose == "init_video" else PNG).decode(), kind]
    for purpose, kind in TYPES.items()
}


def run(
    *command: str | Path, cwd: Path = CLIENT, given: Mapping[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command that has to work, with the project's tools on its path."""
    ended = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": f"{TOOLS}:{os.environ['PATH']}", "HOME": str(cwd), "NO_PROXY": "127.0.0.1"},
        input=json.dumps(given) if given else None,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return ended


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, in which nothing that is built is in anybody's way."""
    copy = tmp_path_factory.mktemp("sources") / "client"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("dist", "node_modules"))
    return copy


@pytest.fixture(scope="session")
def app(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an app in which the packed client is installed."""
    app = tmp_path_factory.mktemp("app")
    run("npm", "pack", "--pack-destination", app, cwd=sources)
    [packed] = app.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(app / "node_modules", filter="data")
    (app / "node_modules/package").rename(app / "node_modules" / NAME)
    (app / "package.json").write_text('{"type": "module"}')
    return app


def test_the_unit_tests_pass() -> None:
    run("vitest", "run")


def test_the_generated_layer_is_that_of_the_contract(tmp_path: Path) -> None:
    copy = tmp_path / "clients/typescript"
    copy.mkdir(parents=True)
    shutil.copy(CLIENT / "openapi-ts.config.ts", copy)
    for name in ("docs", "node_modules"):
        (tmp_path / name).symlink_to(PROJECT / name)

    run("openapi-ts", "--silent", cwd=copy)

    committed, made = (texts(folder / "src/generated") for folder in (CLIENT, copy))
    assert made == committed, "run `make clients`"


def test_all_of_it_is_small(tmp_path: Path) -> None:
    entry = tmp_path / "all.js"
    entry.write_text(f"import * as all from '{CLIENT}/src/index.ts'\nglobalThis.all = all\n")
    config = tmp_path / "vite.config.mjs"
    output = {"input": str(entry), "output": {"entryFileNames": "all.js"}}
    build = {"outDir": str(tmp_path / "out"), "modulePreload": False, "rollupOptions": output}
    config.write_text(f"export default {json.dumps({'logLevel': 'error', 'build': build})}\n")

    run("vite", "build", "--config", config)

    built = (tmp_path / "out/all.js").read_bytes()
    assert b"createClient" in built
    assert len(gzip.compress(built)) <= MOST_BYTES


def test_the_package_holds_code_types_and_the_readme(sources: Path) -> None:
    packed = run("npm", "pack", "--dry-run", "--json", cwd=sources).stdout

    [told] = json.loads(packed[packed.index("[\n") :])
    paths = {each["path"] for each in told["files"]}
    assert {"package.json", "README.md", "dist/index.js", "dist/index.d.ts"} <= paths
    others = {path for path in paths if not re.fullmatch(r"dist/[\w./-]+(\.js|\.d\.ts)", path)}
    assert others == {"package.json", "README.md"}
    assert "dependencies" not in json.loads((sources / "package.json").read_text())


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_every_snippet_of_the_readme_compiles(app: Path, resolution: str) -> None:
    module = "esnext" if resolution == "bundler" else resolution
    written(app)

    run("tsc", "--strict", "--noEmit", "--target", "es2022", "--module", module, "--moduleResolution", resolution,
        *sorted(app.glob("*.ts")), cwd=app)  # fmt: skip


def test_every_snippet_of_the_readme_runs(app: Path, world: World) -> None:
    caller = world.as_owner("snippets")
    written(app)
    run("tsc", "--target", "es2022", "--module", "nodenext", *sorted(app.glob("*.ts")), cwd=app)

    said = {
        name: run(
            "node",
            SUPPORT / "run.mjs",
            app / name.replace(".ts", ".js"),
            cwd=app,
            given={"baseUrl": caller.stack.api_url, "token": caller.stack.token, "media": MEDIA},
        ).stdout.split()
        for name in snippets(README, "ts")
    }

    assert unnamed(README) == 0
    assert world.http.get(said["swap.ts"][-1], follow_redirects=True).content == VIDEO
    assert said["watch.ts"] == ["succeeded"]
    assert said["upload.ts"][-1].startswith("upl_")
    assert said["errors.ts"][:2] == ["404", "/problems/not-found"]


def test_a_whole_swap(app: Path, world: World) -> None:
    caller = world.as_owner("typescript")

    told = swapped(app, caller.stack.api_url, caller)

    assert told["statuses"][-1] == "succeeded"
    assert told["size"] == len(VIDEO)
    assert world.http.get(told["job"]["result"]["link"], follow_redirects=True).content == VIDEO


@pytest.mark.parametrize("place", [*PLACES, AFTER])
def test_an_answer_that_is_cut_makes_no_second_job(app: Path, world: World, place: str) -> None:
    caller = world.as_owner("cut-" + place.replace(" ", "-"))

    with cutting_proxy(caller.stack.api_url, "/v1/jobs", place, times=1) as proxy:
        told = swapped(app, proxy.api_url, caller)

    assert told["job"]["status"] == "succeeded"
    assert told["jobs"] == 1
    assert world.at_provider(told["job"]["job_id"])["submits"] == 1
    assert len(proxy.keys) == (1 if place == AFTER else 2)
    assert len(set(proxy.keys)) == 1


def swapped(app: Path, base_url: str, caller: World) -> dict[str, Any]:
    """What `swap.mjs` tells of its job."""
    module = str(app / "node_modules" / NAME / "dist/index.js")
    given = {"module": module, "baseUrl": base_url, "token": caller.stack.token, "media": MEDIA}
    told: dict[str, Any] = json.loads(run("node", SUPPORT / "swap.mjs", given=given).stdout)
    return told


def texts(folder: Path) -> dict[str, str]:
    """Each file below a folder, by its path there."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def written(app: Path) -> None:
    """The snippets as files of the app, and what they take as given."""
    shutil.copy(SUPPORT / "given.d.ts", app)
    for name, code in snippets(README, "ts").items():
        (app / name).write_text(code)
