"""What stands around the code: one version, a pipeline that trusts nobody, hooks that download nothing."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

import document_routes  # noqa: F401 - it tells the app what its document says of itself
from faceswap import VERSION
from jobs_http import app
from openapi_document import openapi

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
SUBJECT_LIMIT = 72


def load(path: Path) -> Any:
    """A YAML file; its `on:` is read as True."""
    return yaml_parse(path.read_text())


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## \[?v?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)[:1]

    client = tomllib.loads((ROOT / "clients/python/pyproject.toml").read_text())

    assert project["project"]["version"] == client["project"]["version"] == VERSION
    assert openapi(app)["info"]["version"] == VERSION
    assert released in ([], [VERSION])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_right_by_default_and_every_job_ends(path: Path) -> None:
    workflow = load(path)

    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"] <= 60


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    uses = [line for line in path.read_text().splitlines() if "uses:" in line]

    assert uses
    for line in uses:
        assert re.fullmatch(r"\s*- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_the_pipeline_checks_and_tests_each_push() -> None:
    workflow = load(ROOT / ".github/workflows/ci.yml")
    (job,) = workflow["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    versions = next(
        step["with"]["python-version"].split()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/setup-python@")
    )

    assert set(workflow[True]) == {"push", "pull_request"}
    assert commands == ["make check", "make test"]
    assert versions == ["3.13", "3.11"]


def test_hooks_run_what_is_installed_here() -> None:
    config = load(ROOT / ".pre-commit-config.yaml")
    (local,) = config["repos"]

    assert local["repo"] == "local"
    for hook in local["hooks"]:
        assert hook["language"] in {"system", "pygrep"}
        if hook["language"] == "system":
            assert hook["entry"].startswith((".venvs/dev/bin/", "node_modules/.bin/"))


@pytest.mark.parametrize(("length", "refused"), [(SUBJECT_LIMIT, False), (SUBJECT_LIMIT + 1, True)])
def test_a_long_subject_is_refused(length: int, refused: bool) -> None:
    (local,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    hook = next(hook for hook in local["hooks"] if hook["id"] == "subject")
    message = "x" * length + "\n\n" + "a body may have longer lines than that " * 5 + "\n"

    found = re.search(hook["entry"], message, re.MULTILINE | re.DOTALL)

    assert bool(found) is refused


def test_check_looks_at_the_documents() -> None:
    dry = subprocess.run(
        ["make", "--dry-run", "--assume-old=package", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert ".venvs/dev/bin/python -m local.documents" in dry.stdout
