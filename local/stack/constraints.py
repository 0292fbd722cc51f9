"""What the template says about its parameters' values, checked before anything is started."""

import re
from collections.abc import Mapping

from local.emulator.references import Json
from local.stack.errors import StackError

_RETENTIONS, _DAY = ("UploadRetentionDays", "InboxRetentionDays"), 86400


def check(declared: Json, values: Mapping[str, str]) -> None:
    """Raises StackError with a sentence for each parameter that has no value or one that is refused."""
    faults = [
        f"{name} {fault}"
        for name, parameter in declared.items()
        if (fault := _fault(parameter, values.get(name)))
    ]
    if not faults:
        faults = _retention_faults(declared, values)
    if faults:
        raise StackError(f"parameters: {'; '.join(faults)}")


def _retention_faults(declared: Json, values: Mapping[str, str]) -> list[str]:
    """Files are kept for both deadlines and a day, or the jobs function refuses to start; rules cannot add."""
    wanted = [name for name in _RETENTIONS if name in declared]
    if not wanted:
        return []

    def number(name: str) -> int:
        return int(values.get(name, declared[name]["Default"]))

    least = -(-(number("UploadDeadlineSeconds") + number("QueueDeadlineSeconds")) // _DAY) + 1
    return [
        f"{name} is at least {least} (both deadlines and a day), not {number(name)}"
        for name in wanted
        if number(name) < least
    ]


def _fault(parameter: Json, value: str | None) -> str | None:
    if value is None:
        return None if "Default" in parameter else "has no value and needs one"
    kind = parameter.get("Type", "String")
    shown = "its value" if parameter.get("NoEcho") else repr(value)
    if kind == "Number" and not _number_fits(parameter, value):
        return f"is {_range(parameter)}, not {shown}"
    parts = [part.strip() for part in value.split(",")] if "List" in kind else [value]
    allowed = [_text(each) for each in parameter.get("AllowedValues", [])]
    if allowed and any(part not in allowed for part in parts):
        return f"is one of {', '.join(allowed)}, not {shown}"
    shortest, longest = int(parameter.get("MinLength", 0)), parameter.get("MaxLength")
    if len(value) < shortest:
        return f"has at least {shortest} characters, not {len(value)}"
    if longest is not None and len(value) > int(longest):
        return f"has at most {longest} characters, not {len(value)}"
    pattern = parameter.get("AllowedPattern")
    if pattern is not None and not all(re.fullmatch(pattern, part) for part in parts):
        why = parameter.get("ConstraintDescription") or f"has to match {pattern}"
        return f"{why}, not {shown}"
    return None


def _number_fits(parameter: Json, value: str) -> bool:
    """Whole numbers only: what reads them knows no others."""
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        return False
    lowest, highest = parameter.get("MinValue"), parameter.get("MaxValue")
    return (lowest is None or int(value) >= lowest) and (highest is None or int(value) <= highest)


def _range(parameter: Json) -> str:
    lowest, highest = parameter.get("MinValue"), parameter.get("MaxValue")
    at_least = "" if lowest is None else f" from {lowest}"
    at_most = "" if highest is None else f" to {highest}"
    return f"a whole number{at_least}{at_most}"


def _text(value: object) -> str:
    """A value of the template as it is written on a command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)
