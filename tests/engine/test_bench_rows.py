"""A row of the bench knows whether it holds, and all rows are kept as JSON."""

import json
from pathlib import Path
from typing import Literal

import pytest

from local.bench.rows import Row, keep


@pytest.mark.parametrize(
    ("wanted", "value", "holds"),
    [
        ("at least", 2.0, True),
        ("at least", 1.9, False),
        ("at most", 2.0, True),
        ("at most", 2.1, False),
        ("", 9.0, True),
    ],
)
def test_a_row_stands_to_its_reference_as_wanted_or_is_broken(
    wanted: Literal["at least", "at most", ""], value: float, holds: bool
) -> None:
    assert Row("group", "name", "ms", value, 2.0, "another", wanted).holds == holds


def test_a_row_without_a_reference_holds() -> None:
    assert Row("group", "name", "ms", 1.0, wanted="at least").holds


def test_rows_are_kept_with_their_verdict(tmp_path: Path) -> None:
    path = tmp_path / "out" / "bench.json"
    keep([Row("group", "name", "ms", 3.0, 2.0, "another", "at most")], path)
    [row] = json.loads(path.read_text())["rows"]
    assert row["value"] == 3.0
    assert row["holds"] is False
