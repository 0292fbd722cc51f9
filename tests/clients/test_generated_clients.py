"""What generators make of the published contract: it compiles, and does a job on the local stack or reads jobs."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from faceswap.contract.jobs import view_of
from faceswap.rules.status import FINAL, Status
from tests.support.samples import a_job
from tests.support.tools import PROJECT, run
from tests.support.world import TYPES, VIDEO, World

SUPPORT = PROJECT / "tests/support"
CONTRACT = PROJECT / "docs/openapi.json"
GENERATORS = PROJECT / ".venvs/generators/bin"


def check(told: str, world: World, owner: World) -> None:
    """It did its one job, and read of it what is there."""
    job: dict[str, Any] = json.loads(told.splitlines()[-1])
    assert owner.job(job["job_id"])["status"] == "succeeded"
    assert job["size"] == len(VIDEO)
    assert world.http.get(job["link"], follow_redirects=True).content == VIDEO


def sources(owner: World) -> list[str]:
    """Three uploads that have landed."""
    request = owner.request()
    return [request[purpose] for purpose in TYPES]


def test_openapi_python_client(world: World, tmp_path: Path) -> None:
    owner, folder = world.as_owner("generated-python"), tmp_path / "generated"

    said = run(
        GENERATORS / "openapi-python-client",
        "generate",
        *("--path", CONTRACT, "--output-path", folder, "--meta", "none", "--fail-on-warning"),
        cwd=tmp_path,
        environment={"PATH": f"{GENERATORS}:{os.environ['PATH']}"},  # where its ruff is
    )
    # `client.py` is the generator's own, whatever the contract; mypy minds how it passes exceptions on.
    made = [folder / "api", folder / "models"]
    run(sys.executable, "-m", "mypy", "--follow-imports=silent", *made, cwd=tmp_path)
    script = SUPPORT / "generated_client.py"
    stack = owner.stack
    told = run(
        sys.executable, script, tmp_path, stack.api_url, stack.token, *sources(owner), cwd=tmp_path
    )

    assert "Warning" not in said
    check(told, world, owner)


def test_hey_api_openapi_ts(world: World, tmp_path: Path) -> None:
    owner = world.as_owner("generated-typescript")
    (tmp_path / "node_modules").symlink_to(PROJECT / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(SUPPORT / "typescript/generated.ts", tmp_path)
    config = {
        "input": str(CONTRACT),
        "output": {"path": "generated", "module": {"extension": ".js"}},
        "plugins": ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
    }
    (tmp_path / "openapi-ts.config.mjs").write_text(f"export default {json.dumps(config)}\n")

    run("openapi-ts", "--silent", cwd=tmp_path)
    options = ["--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"]
    run("tsc", *options, "generated.ts", cwd=tmp_path)
    stack = owner.stack
    command = ["node", "generated.js", stack.api_url, stack.token, *sources(owner)]
    told = run(*command, cwd=tmp_path)

    check(told, world, owner)


def test_datamodel_code_generator(tmp_path: Path) -> None:
    options = ["--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"]
    run(
        GENERATORS / "datamodel-codegen",
        *("--input", CONTRACT, "--input-file-type", "openapi", "--output", tmp_path / "models.py"),
        *(*options, "--use-annotated", "--formatters", "builtin"),
        cwd=tmp_path,
    )
    views = [
        view_of(a_job(status=status), "https://api.example/{}".format)
        for status in get_args(Status)
    ]
    jobs = [view.model_dump(mode="json") for view in views]

    def told(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        script = SUPPORT / "generated_models.py"
        read: list[dict[str, Any]] = json.loads(
            run(sys.executable, script, tmp_path, cwd=tmp_path, given=json.dumps(jobs))
        )
        return read

    read = told(jobs)
    assert [(job["kind"], job["status"]) for job in read] == [
        (f"{status.title()}Job" if status in FINAL else "OpenJob", status)
        for status in get_args(Status)
    ]
    for before, after in zip(jobs, read, strict=True):
        assert (before["result"], before["error"]) == (after["result"], after["error"])
    for broken in ({**jobs[0], "status": "succeeded"}, {**jobs[0], "status": "odd"}):
        with pytest.raises(AssertionError, match="ValidationError"):
            told([broken])
