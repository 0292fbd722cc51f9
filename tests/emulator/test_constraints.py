"""Values of parameters that the template refuses."""

from pathlib import Path
from typing import Any

import pytest

from local.emulator.transform import load
from local.stack import StackError
from local.stack.constraints import check
from local.stack.parameters import combine, configured, parse_overrides
from local.stack.parts import PROJECT

ROOT = Path(__file__).resolve().parents[2]
DECLARED: dict[str, Any] = {
    "Level": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"]},
    "Flag": {"Type": "String", "Default": "true", "AllowedValues": [True, False]},
    "Seconds": {"Type": "Number", "Default": 5, "MinValue": 1, "MaxValue": 60},
    "Many": {"Type": "Number", "Default": 5, "MinValue": 1},
    "Any": {"Type": "Number", "Default": 5},
    "Name": {"Type": "String", "Default": "ab", "MinLength": 2, "MaxLength": 4},
    "Url": {"Type": "String", "Default": "", "AllowedPattern": "(https?://.+)?"},
    "Word": {
        "Type": "String",
        "Default": "x",
        "AllowedPattern": "x+",
        "ConstraintDescription": "must be made of x",
    },
    "Secret": {"Type": "String", "Default": "", "NoEcho": True, "MaxLength": 3},
    "List": {"Type": "CommaDelimitedList", "Default": "a", "AllowedValues": ["a", "b"]},
    "Unset": {"Type": "String"},
}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"Level": "b", "Flag": "false", "Name": "abcd", "Url": "", "List": "a, b"},
        {"Seconds": "1", "Many": "100", "Any": "-3", "Word": "xxx", "Secret": "abc"},
        {"Seconds": "60", "Url": "http://x"},
    ],
)
def test_what_the_template_allows_passes(values: dict[str, str]) -> None:
    check(DECLARED, {"Unset": "", **values})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("Level", "c", "one of a, b"),
        ("Flag", "maybe", "one of true, false"),
        ("Seconds", "0", "from 1 to 60"),
        ("Seconds", "61", "from 1 to 60"),
        ("Seconds", "abc", "whole number"),
        ("Seconds", "5.5", "whole number"),
        ("Seconds", "", "whole number"),
        ("Many", "0", "from 1"),
        ("Any", "nan", "whole number"),
        ("Name", "a", "at least 2 characters"),
        ("Name", "abcde", "at most 4 characters"),
        ("Url", "nowhere", r"match \(https"),
        ("Word", "y", "must be made of x"),
        ("List", "a,c", "one of a, b"),
    ],
)
def test_what_it_refuses_is_told_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(StackError, match=f"{name} .*{allowed}") as refused:
        check(DECLARED, {"Unset": "", name: value})

    assert "\n" not in str(refused.value)


def test_every_fault_is_told_at_once_and_no_secret() -> None:
    with pytest.raises(StackError, match=r"Level .*; Secret .*; Unset ") as refused:
        check(DECLARED, {"Level": "c", "Secret": "hidden"})

    assert "hidden" not in str(refused.value)


def test_the_templates_own_constraints_hold_for_what_the_user_sets() -> None:
    template = load(ROOT / "template.yaml")
    local = configured(ROOT / "samconfig.toml")

    assert combine(template, local, {}, {"MaxPollSeconds": "5"})["MaxPollSeconds"] == "5"
    for word in ("MaxPollSeconds=soon", "SubmittingEnabled=yes", "ProviderBaseUrl=modelslab.com"):
        with pytest.raises(StackError, match=word.partition("=")[0]):
            combine(template, local, {}, parse_overrides(word))


@pytest.mark.parametrize("text", ["A='1", 'A="1 B=2', "A=1\\"])
def test_unbalanced_quotes_are_told(text: str) -> None:
    with pytest.raises(StackError, match="Key=Value") as refused:
        parse_overrides(text)

    assert "\n" not in str(refused.value)


def test_a_broken_samconfig_is_named(tmp_path: Path) -> None:
    (tmp_path / "samconfig.toml").write_text("[local")

    with pytest.raises(StackError, match=r"samconfig\.toml"):
        configured(tmp_path / "samconfig.toml")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"UploadRetentionDays": "8", "QueueDeadlineSeconds": "604801"}, True),
        ({"UploadRetentionDays": "2", "UploadDeadlineSeconds": "86399", "QueueDeadlineSeconds": "86401"}, True),
        ({"UploadRetentionDays": "9"}, False),
    ],
)  # fmt: skip
def test_uploads_that_are_not_kept_long_enough_are_refused_before_anything_starts(
    given: dict[str, str], refused: bool
) -> None:
    declared = load(PROJECT / "template.yaml")["Parameters"]
    values = {"AllowedOrigins": "http://127.0.0.1"} | given
    if not refused:
        check(declared, values)
        return
    with pytest.raises(StackError, match="UploadRetentionDays is at least"):
        check(declared, values)
