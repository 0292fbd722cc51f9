"""The template parameters of the local stack: samconfig.toml, what this machine decides, the user's."""

import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path

from local.emulator.references import Json
from local.stack.constraints import check
from local.stack.errors import StackError


def parse_overrides(overrides: str | list[str]) -> dict[str, str]:
    """Read `Key=Value` words, as a list or as one string. Raises StackError for anything else."""
    try:
        words = shlex.split(overrides) if isinstance(overrides, str) else overrides
    except ValueError as error:
        raise StackError(f"parameters are written Key=Value …: {error} in {overrides!r}") from None
    values = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise StackError(f"parameters are written Key=Value, not {word!r}")
        values[key] = value
    return values


def configured(samconfig: Path, environment: str = "local") -> dict[str, str]:
    """The overrides of a named environment in samconfig.toml; none if it says nothing. Raises StackError."""
    if not samconfig.exists():
        return {}
    try:
        document = tomllib.loads(samconfig.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StackError(f"{samconfig}: {error}") from None
    deploy = document.get(environment, {}).get("deploy", {}).get("parameters", {})
    return parse_overrides(deploy.get("parameter_overrides", []))


def combine(
    template: Json,
    configured_values: Mapping[str, str],
    machine: Mapping[str, str],
    given: Mapping[str, str],
) -> dict[str, str]:
    """Later ones win. Raises StackError for a name that the template does not declare, and a value it refuses.

    What this machine decides is left out where the template has no such parameter.
    """
    declared = template.get("Parameters", {})
    unknown = sorted({*configured_values, *given} - declared.keys())
    if unknown:
        raise StackError(f"the template has no parameter {', '.join(unknown)}")
    fitting = {name: value for name, value in machine.items() if name in declared}
    values = {**configured_values, **fitting, **given}
    check(declared, values)
    return values
