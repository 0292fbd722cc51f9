"""Pages that are built by vite and run in Chromium, on the local stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.chromium import MISSING, find
from tests.support.tools import PROJECT, run

# The one that `samconfig.toml` admits here: nobody serves it, as the browser is answered by its driver.
ORIGIN = "http://127.0.0.1"


@dataclass(frozen=True)
class Driven:
    """What a page said in the end, and the requests that it made to others: method, URL, status, and which load."""

    said: Any
    requests: list[dict[str, Any]]

    def sent_to(self, part: str, method: str) -> list[dict[str, Any]]:
        """Those to a URL that has this part."""
        return [each for each in self.requests if part in each["url"] and each["method"] == method]


def build(folder: Path, environment: Mapping[str, str] | None = None) -> Path:
    """Build the page of a folder by vite; where it lies then."""
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(PROJECT / "node_modules")
    client = str(PROJECT / "clients/typescript/src/index.ts")
    config = {
        "logLevel": "error",
        "build": {"outDir": "built", "modulePreload": False, "target": "es2022"},
        "resolve": {"alias": {"faceswap-adapter-client": client}},
    }
    (folder / "vite.config.mjs").write_text(f"export default {json.dumps(config)}\n")
    run("vite", "build", cwd=folder, environment=environment)
    return folder / "built"


def drive(built: Path, given: Mapping[str, Any], form: Mapping[str, Any] | None = None) -> Driven:
    """Run a page that was built, with these as globals; with a form fill it in and send it."""
    wanted = {"folder": str(built), "origin": ORIGIN, "given": given, "form": form}
    driver = Path(__file__).with_name("drive.mjs")
    chromium = find()
    assert chromium, MISSING
    environment = {"CHROMIUM": chromium}
    said = run("node", driver, cwd=built, given=json.dumps(wanted), environment=environment)
    told = json.loads(said)
    assert told["errors"] == []
    requests = [each for each in told["requests"] if not each["url"].startswith(f"{ORIGIN}/")]
    # The page's own blobs stay inside of it.
    outside = {
        urlsplit(each["url"]).hostname for each in requests if each["url"].startswith("http")
    }
    assert outside <= {"127.0.0.1"}
    return Driven(told["said"], requests)
