"""The client for TypeScript as an app has it: packed, installed, and with the code of our documents beside it."""

import base64
import json
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.support.tools import PROJECT, run
from tests.support.world import PNG, TYPES, VIDEO, World

CLIENT = PROJECT / "clients/typescript"
NAME = "faceswap-adapter-client"
MEDIA = {
    purpose: [base64.b64encode(VIDEO if purpose == "init_video" else PNG).decode(), kind]
    for purpose, kind in TYPES.items()
}
_HERE = Path(__file__).parent
# As the least of what an app may have set; what its packages declare is not ours to mend.
_OPTIONS = ["--strict", "--skipLibCheck", "--target", "es2022", "--moduleDetection", "force"]


def copy_of_the_client(folder: Path) -> Path:
    """A copy, in which nothing that is built is in anybody's way."""
    ignored = shutil.ignore_patterns("dist", "node_modules")
    return shutil.copytree(CLIENT, folder / "client", ignore=ignored)


def install(app: Path, folder: Path) -> None:
    """Pack the client in a folder, and install it in that of an app."""
    run("npm", "pack", "--pack-destination", folder, cwd=copy_of_the_client(folder))
    [packed] = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(app / "node_modules", filter="data")
    (app / "node_modules/package").rename(app / "node_modules" / NAME)
    (app / "package.json").write_text('{"type": "module"}')


def write(app: Path, code: Mapping[str, str]) -> list[Path]:
    """Put code into the folder of an app, and declare what it takes as given; the files."""
    shutil.copy(_HERE / "given.d.ts", app)
    for name, text in code.items():
        (app / name).write_text(text)
    return [app / "given.d.ts", *(app / name for name in code)]


def compile_strictly(app: Path, files: Iterable[Path], module: str = "nodenext") -> None:
    """Compile files where they lie. Those for a bundler are judged only: it takes the sources."""
    resolution = (
        ["--module", "esnext", "--moduleResolution", "bundler", "--noEmit"]
        if module == "bundler"
        else ["--module", module]
    )
    run("tsc", *_OPTIONS, *resolution, *files, cwd=app)


def run_on(world: World, app: Path, name: str) -> list[str]:
    """Run a file that was compiled, for an owner of a stack; the words that it says."""
    given = {"baseUrl": world.stack.api_url, "token": world.stack.token, "media": MEDIA}
    compiled = app / name.replace(".ts", ".js")
    return run("node", _HERE / "run.mjs", compiled, cwd=app, given=json.dumps(given)).split()


def swap(world: World, app: Path, base_url: str) -> dict[str, Any]:
    """What `swap.mjs` tells of a swap of this owner's by the installed client."""
    module = str(app / "node_modules" / NAME / "dist/index.js")
    given = {"module": module, "baseUrl": base_url, "token": world.stack.token, "media": MEDIA}
    told: dict[str, Any] = json.loads(
        run("node", _HERE / "swap.mjs", cwd=app, given=json.dumps(given))
    )
    return told
