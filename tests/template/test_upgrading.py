"""A stack that is deployed can follow: DynamoDB makes or deletes one index of the table in one update."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from local.emulator.transform import load
from tests.support.template.expanded import ROOT

RELEASED = json.loads((Path(__file__).parent / "released_table.json").read_text())
GUIDE = (ROOT / "docs/upgrading.md").read_text()


def indexes(template: dict[str, Any]) -> dict[str, list[str]]:
    table = template["Resources"]["JobsTable"]["Properties"]
    return {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
    }


def test_the_record_of_the_released_table_is_that_of_the_newest_tag(tmp_path: Path) -> None:
    """Where the repository has its tags; a copy without them has the record alone."""
    tags = _git("tag", "--list", "v*", "--sort=-version:refname").split()
    for tag in tags[:1]:
        template = tmp_path / "template.yaml"
        template.write_text(_git("show", f"{tag}:template.yaml"))
        assert {"tag": tag, "indexes": indexes(load(template))} == RELEASED


def test_each_index_that_comes_or_goes_has_a_step_of_its_own() -> None:
    released, now = RELEASED["indexes"], indexes(load(ROOT / "template.yaml"))
    steps = re.split(r"^\d+\. ", GUIDE, flags=re.MULTILINE)[1:]
    changed = sorted(released.keys() ^ now.keys())

    named = [[name for name in changed if f"`{name}`" in step] for step in steps]
    assert sorted(name for step in named for name in step) == changed
    assert all(len(step) <= 1 for step in named)
    kept = released.keys() & now.keys()
    assert {name: now[name] for name in kept} == {name: released[name] for name in kept}


def test_the_guide_names_what_a_new_index_is_made_of() -> None:
    released, now = RELEASED["indexes"], indexes(load(ROOT / "template.yaml"))
    old_keys = {key for keys in released.values() for key in keys}

    for name in now.keys() - released.keys():
        for key in set(now[name]) - old_keys:
            assert f"`{key}`" in GUIDE, name


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
