"""Values inside templates: what refers to what, and references that wait for the deployed stack."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# One value of a template or document, of whatever shape its author gave it.
Value = Any
Json = dict[str, Value]

_SUB_NAME = re.compile(r"\$\{([^!}][^}]*)\}")
_LATER = "$output"
_LIFTED = "Adapted"


def is_intrinsic(value: object) -> bool:
    """Whether the value is one intrinsic function, such as `{"Ref": "Table"}`."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    name = next(iter(value))
    return name == "Ref" or str(name).startswith("Fn::")


def referred(value: object) -> Iterator[str]:
    """Names that a value refers to by Ref, Fn::GetAtt and Fn::Sub, pseudo parameters included."""
    if isinstance(value, list):
        for item in value:
            yield from referred(item)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "Ref" and isinstance(inner, str):
            yield inner
        elif key == "Fn::GetAtt":
            yield inner.split(".")[0] if isinstance(inner, str) else str(inner[0])
        elif key == "Fn::Sub":
            yield from _referred_by_sub(inner)
        else:
            yield from referred(inner)


def _referred_by_sub(value: object) -> Iterator[str]:
    text, given = (value[0], value[1]) if isinstance(value, list) else (value, {})
    yield from referred(given)
    for name in _SUB_NAME.findall(str(text)):
        if name not in given:
            yield name.split(".")[0]


def rewrite_refs(value: Value, names: set[str], attribute: str) -> Value:
    """Turn each `Ref` (and plain `${name}`) of one of the names into a reference to an attribute."""
    if isinstance(value, list):
        return [rewrite_refs(item, names, attribute) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and value.get("Ref") in names:
        return {"Fn::GetAtt": [value["Ref"], attribute]}
    return {
        key: _rewrite_sub(inner, names, attribute)
        if key == "Fn::Sub"
        else rewrite_refs(inner, names, attribute)
        for key, inner in value.items()
    }


def _rewrite_sub(value: Value, names: set[str], attribute: str) -> Value:
    def put(match: re.Match[str]) -> str:
        return f"${{{match[1]}.{attribute}}}" if match[1] in names else match[0]

    if isinstance(value, list):
        return [_SUB_NAME.sub(put, value[0]), rewrite_refs(value[1], names, attribute)]
    return _SUB_NAME.sub(put, str(value))


def lift(value: Value, outputs: Json) -> Value:
    """Replace each intrinsic by a mark, and have the stack resolve it as an output of its own."""
    if is_intrinsic(value):
        digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        name = _LIFTED + digest[:12]
        outputs[name] = {"Value": value}
        return {_LATER: name}
    return _each(value, lambda inner: lift(inner, outputs))


def settle(value: Value, outputs: Mapping[str, str]) -> Value:
    """Replace each mark that `lift` left by the deployed stack's output."""
    if isinstance(value, dict) and _LATER in value:
        return outputs[value[_LATER]]
    return _each(value, lambda inner: settle(inner, outputs))


def own_outputs(outputs: Mapping[str, str]) -> dict[str, str]:
    """The outputs that the template itself declares, without those that `lift` added."""
    return {name: value for name, value in outputs.items() if not name.startswith(_LIFTED)}


def _each(value: Value, change: Callable[[Value], Value]) -> Value:
    if isinstance(value, dict):
        return {key: change(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [change(inner) for inner in value]
    return value
