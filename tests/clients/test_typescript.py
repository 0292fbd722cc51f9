"""The client for TypeScript: as it is generated, packed, told of, and as it works on the whole local stack."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.support.cutting_proxy import AFTER, PLACES, cutting_proxy
from tests.support.snippets import snippets, unnamed
from tests.support.tools import PROJECT, run
from tests.support.typescript import (
    CLIENT,
    compile_strictly,
    copy_of_the_client,
    install,
    run_on,
    swap,
    write,
)
from tests.support.world import VIDEO, World

README = CLIENT / "README.md"
SNIPPETS = snippets(README, "ts")
MOST_BYTES = 10_000


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an app in which the packed client is installed."""
    app = tmp_path_factory.mktemp("app")
    install(app, tmp_path_factory.mktemp("packed"))
    return app


def test_the_unit_tests_pass() -> None:
    run("vitest", "run", cwd=CLIENT)


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

    run("vite", "build", "--config", config, cwd=CLIENT)

    built = (tmp_path / "out/all.js").read_bytes()
    assert b"createClient" in built
    assert len(gzip.compress(built)) <= MOST_BYTES


def test_the_package_holds_code_types_and_the_readme(tmp_path: Path) -> None:
    copy = copy_of_the_client(tmp_path)

    packed = run("npm", "pack", "--dry-run", "--json", cwd=copy)

    [told] = json.loads(packed[packed.index("[\n") :])
    paths = {each["path"] for each in told["files"]}
    assert {"package.json", "README.md", "dist/index.js", "dist/index.d.ts"} <= paths
    others = {path for path in paths if not re.fullmatch(r"dist/[\w./-]+(\.js|\.d\.ts)", path)}
    assert others == {"package.json", "README.md"}
    assert "dependencies" not in json.loads((copy / "package.json").read_text())


@pytest.mark.parametrize("module", ["bundler", "nodenext"])
def test_every_snippet_of_the_readme_compiles(app: Path, module: str) -> None:
    assert unnamed(README) == 0
    compile_strictly(app, write(app, SNIPPETS), module)


def test_every_snippet_of_the_readme_runs(app: Path, world: World) -> None:
    owner = world.as_owner("snippets")
    compile_strictly(app, write(app, SNIPPETS))

    said = {name: run_on(owner, app, name) for name in SNIPPETS}

    assert world.http.get(said["swap.ts"][-1], follow_redirects=True).content == VIDEO
    assert said["watch.ts"] == ["succeeded"]
    assert said["upload.ts"][-1].startswith("upl_")
    assert said["errors.ts"][:2] == ["404", "/problems/not-found"]


def test_a_whole_swap(app: Path, world: World) -> None:
    owner = world.as_owner("typescript")

    told = swap(owner, app, owner.stack.api_url)

    assert told["statuses"][-1] == "succeeded"
    assert told["size"] == len(VIDEO)
    assert world.http.get(told["job"]["result"]["link"], follow_redirects=True).content == VIDEO


@pytest.mark.parametrize("place", [*PLACES, AFTER])
def test_an_answer_that_is_cut_makes_no_second_job(app: Path, world: World, place: str) -> None:
    owner = world.as_owner("cut-" + place.replace(" ", "-"))

    with cutting_proxy(owner.stack.api_url, "/v1/jobs", place, times=1) as proxy:
        told = swap(owner, app, proxy.api_url)

    assert told["job"]["status"] == "succeeded"
    assert told["jobs"] == 1
    assert world.at_provider(told["job"]["job_id"])["submits"] == 1
    assert len(proxy.keys) == (1 if place == AFTER else 2)
    assert len(set(proxy.keys)) == 1


def texts(folder: Path) -> dict[str, str]:
    """Each file below a folder, by its path there."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}
