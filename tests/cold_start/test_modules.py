"""What a function loads until its first answer: nothing comes in unseen.

The list is written anew by `python -m local.cold_start tests/cold_start/modules.txt`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.cold_start.event_kinds import one_of_each
from local.cold_start.fresh_interpreter import Functions
from local.cold_start.modules import counted, from_text, packages_only
from local.cold_start.stack import prepared
from local.stack.parts import PROJECT

LISTED = from_text((Path(__file__).parent / "modules.txt").read_text())
# The standard library is compared on the version of Python that the list was written with.
WRITTEN_WITH = (3, 11)


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """The functions of a stack of their own."""
    with prepared(tmp_path_factory.mktemp("cold")) as functions:
        yield functions


def differences(kind: str, modules: frozenset[str]) -> dict[str, list[str]]:
    """What was loaded and is not on the list, and what is on the list and was not loaded."""
    loaded, listed = counted(modules), LISTED[kind]
    if sys.version_info[:2] != WRITTEN_WITH:
        loaded, listed = packages_only(loaded), packages_only(listed)
    return {"not listed": sorted(loaded - listed), "not loaded": sorted(listed - loaded)}


def test_each_kind_of_event_loads_what_the_list_says(functions: Functions) -> None:
    found = {kind: first.modules for kind, first in one_of_each(functions)}

    same: dict[str, list[str]] = {"not listed": [], "not loaded": []}
    assert {kind: differences(kind, modules) for kind, modules in found.items()} == dict.fromkeys(
        LISTED, same
    )


@pytest.mark.parametrize("heavy", ["httpx", "asyncio", "aws_lambda_powertools.event_handler"])
def test_a_heavy_import_is_noticed(functions: Functions, tmp_path: Path, heavy: str) -> None:
    changed = tmp_path / "results_http.py"
    changed.write_text(f"import {heavy}\n" + (_FUNCTION / changed.name).read_text())

    first = replace(functions, extra_paths=(tmp_path,)).answer("results", _WEBHOOK)

    assert first.answer["statusCode"] == 404
    assert heavy in differences("the webhook", first.modules)["not listed"]


def test_the_first_answer_comes_with_byte_code(functions: Functions) -> None:
    functions.answer("results", _WEBHOOK)  # the first time, ours is compiled

    assert functions.answer("results", _WEBHOOK).without_byte_code == ()


_FUNCTION = PROJECT / "functions/results"
_WEBHOOK: dict[str, Any] = json.loads((PROJECT / "events/results/post_webhook.json").read_text())
