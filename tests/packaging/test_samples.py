"""What `make test` takes of a whole, and that helpers are imported from where they live."""

import subprocess
from pathlib import Path, PurePath

import pytest

from tests.support.balance import LONGEST_FIRST, place
from tests.support.crashes.plans import Call, Point, kinds_of
from tests.support.imports import faults
from tests.support.selection import local_has_changed, of_each_kind, share_of_each

POINTS = [
    Point(Call(kind, name, nth), when)
    for kind in ("submit", "collect", "GET /v1/jobs", "GET /v1/jobs/{job_id}")
    for name in ("invocation", "dynamodb.GetItem", "dynamodb.UpdateItem")
    for nth in (1, 2, 3)
    for when in ("before", "after")
]


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_a_sample_has_each_kind_and_is_the_same_for_a_seed(seed: str) -> None:
    sample = of_each_kind(POINTS, kinds_of, seed)

    every = {kind for point in POINTS for kind in kinds_of(point)}
    assert {kind for point in sample for kind in kinds_of(point)} == every
    assert sample == of_each_kind(POINTS, kinds_of, seed)
    assert sample == [point for point in POINTS if point in sample]
    assert len(sample) < len(POINTS) / 2
    for point in sample:
        others = {kind for other in sample if other != point for kind in kinds_of(other)}
        assert others < every, f"{point} is of no kind that the others are not of"


def test_another_seed_takes_others_and_none_takes_all() -> None:
    assert of_each_kind(POINTS, kinds_of, "a") != of_each_kind(POINTS, kinds_of, "b")
    assert of_each_kind(POINTS, kinds_of, None) == POINTS


def test_a_share_has_some_of_each_group() -> None:
    names = [f"{file}::{number}" for file in "xy" for number in range(9)] + ["z::0"]

    kept = share_of_each(names, lambda name: name[0], 4, "a")

    assert sorted(name[0] for name in kept) == ["x", "x", "x", "y", "y", "y", "z"]


def test_the_files_that_come_first_are_there() -> None:
    tests = Path(__file__).parents[1]

    assert [name for name in LONGEST_FIRST if not (tests / name).is_file()] == []
    assert place(PurePath(LONGEST_FIRST[0])) < place(PurePath(LONGEST_FIRST[1]))
    assert place(PurePath("unit/test_names.py")) == len(LONGEST_FIRST)


def git(folder: Path, *words: str) -> None:
    author = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


def test_a_change_below_local_since_the_last_tag_is_seen(tmp_path: Path) -> None:
    local, other = tmp_path / "local" / "a.py", tmp_path / "b.py"
    local.parent.mkdir()
    local.write_text("1")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message", "x")
    assert local_has_changed(tmp_path) is None
    git(tmp_path, "tag", "v1.0.0")
    other.write_text("2")
    assert local_has_changed(tmp_path) is None
    local.with_name("new.py").write_text("3")
    assert local_has_changed(tmp_path) == "v1.0.0"
    local.with_name("new.py").unlink()
    local.write_text("4")
    assert local_has_changed(tmp_path) == "v1.0.0"


def test_an_import_from_another_folder_of_tests_is_told(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    (tests / "unit").mkdir(parents=True)
    (tests / "unit" / "test_a.py").write_text(
        "from tests.support.until import until\nfrom tests import fakes\nimport json\n"
        "from tests.e2e.test_b import made\nfrom .conftest import Full\nimport tests.unit.test_c\n"
    )

    assert [fault.split(":")[1] for fault in faults(tests)] == ["4", "5", "6"]
