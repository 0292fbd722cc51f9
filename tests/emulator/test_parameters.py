"""Parameters of the local stack, and files that readers never see half of."""

from pathlib import Path
from typing import Any

import pytest

from local.stack import StackError
from local.stack.files import free_ports, write_atomically
from local.stack.parameters import combine, configured, parse_overrides

TEMPLATE: dict[str, Any] = {"Parameters": {"A": {}, "B": {}}}


@pytest.mark.parametrize(
    ("overrides", "values"),
    [
        ("", {}),
        ("A=1  B='two words' C=", {"A": "1", "B": "two words", "C": ""}),
        (["A=1", "B=x=y"], {"A": "1", "B": "x=y"}),
    ],
)
def test_overrides_are_read(overrides: str | list[str], values: dict[str, str]) -> None:
    assert parse_overrides(overrides) == values


@pytest.mark.parametrize("word", ["A", "=1"])
def test_other_words_are_refused(word: str) -> None:
    with pytest.raises(StackError, match="Key=Value"):
        parse_overrides(word)


@pytest.mark.parametrize("text", ['"A=1 B=2"', '["A=1", "B=2"]'])
def test_samconfig_may_hold_a_string_or_a_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "samconfig.toml"
    path.write_text(f"[local.deploy.parameters]\nparameter_overrides = {text}\n")

    assert configured(path) == {"A": "1", "B": "2"}
    assert configured(path, "prod") == {}


def test_without_samconfig_nothing_is_configured(tmp_path: Path) -> None:
    assert configured(tmp_path / "samconfig.toml") == {}


def test_the_user_wins_over_the_machine_and_the_machine_over_samconfig() -> None:
    configured_values, machine, given = {"A": "c", "B": "c"}, {"A": "m", "Z": "m"}, {"A": "g"}

    assert combine(TEMPLATE, configured_values, machine, given) == {"A": "g", "B": "c"}
    assert combine(TEMPLATE, configured_values, machine, {}) == {"A": "m", "B": "c"}


def test_an_undeclared_parameter_is_refused() -> None:
    with pytest.raises(StackError, match="no parameter Y, Z"):
        combine(TEMPLATE, {"Z": "1"}, {}, {"Y": "1"})


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    write_atomically(path, "one")
    write_atomically(path, "two", mode=0o600)

    assert path.read_text() == "two\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_free_ports_differ() -> None:
    assert len(set(free_ports(5))) == 5
