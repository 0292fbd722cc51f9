"""Event patterns of pipes: whether a record matches, and the fields of an input template."""

import json
import operator
import re
from collections.abc import Callable

from local.emulator.references import Json, Value

_MISSING = object()
_FIELD = re.compile(r'<(\$[^>]*)>|\\.|"')
_STEP = re.compile(r"[^.\[\]]+")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(pattern: Json, value: object) -> bool:
    """Whether a value has all that an event pattern asks for.

    Raises ValueError for an operator that is not known here.
    """
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(matches(each, value) for each in wanted):
                return False
            continue
        found = value.get(key, _MISSING) if isinstance(value, dict) else _MISSING
        if isinstance(wanted, dict):
            if not matches(wanted, found):
                return False
        elif not any(_fits(each, found) for each in wanted):
            return False
    return True


def _fits(wanted: object, found: object) -> bool:
    if isinstance(found, list):
        return any(_fits(wanted, item) for item in found)
    if not isinstance(wanted, dict):
        return found is not _MISSING and found == wanted
    ((name, argument),) = wanted.items()
    if name == "exists":
        return bool(argument) is (found is not _MISSING)
    if name not in _OPERATORS:
        raise ValueError(f"pattern operator {name}")
    return found is not _MISSING and _OPERATORS[name](argument, found)


def _anything_but(argument: Value, found: object) -> bool:
    listed = argument if isinstance(argument, list) else [argument]
    return not any(_fits(each, found) for each in listed)


def _numeric(argument: Value, found: object) -> bool:
    # Numbers of a DynamoDB record are strings, and EventBridge compares only real numbers.
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_COMPARE[sign](found, float(number)) for sign, number in pairs)


_OPERATORS: dict[str, Callable[[Value, Value], bool]] = {
    "prefix": lambda argument, found: isinstance(found, str) and found.startswith(argument),
    "suffix": lambda argument, found: isinstance(found, str) and found.endswith(argument),
    "equals-ignore-case": lambda argument, found: (
        isinstance(found, str) and found.lower() == argument.lower()
    ),
    "anything-but": _anything_but,
    "numeric": _numeric,
}


def look_up(path: str, record: Value) -> Value:
    """The value at `$.a.b[0]` in a record; None if there is none."""
    value = record
    for step in _STEP.findall(path.removeprefix("$")):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def render(template: str, record: Json) -> str:
    """Fill an input template: `<$.path>` is the bare text within a string, JSON elsewhere."""
    parts = []
    quoted, position = False, 0
    for match in _FIELD.finditer(template):
        parts.append(template[position : match.start()])
        position = match.end()
        if match[1]:
            parts.append(_rendered(look_up(match[1], record), quoted=quoted))
        else:
            quoted ^= match[0] == '"'
            parts.append(match[0])
    return "".join([*parts, template[position:]])


def _rendered(value: Value, *, quoted: bool) -> str:
    if not quoted:
        return json.dumps(value)
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(text)[1:-1]
