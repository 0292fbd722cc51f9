"""The seed's OpenAPI, as the vendor publishes it (`provider_openapi.json`), and what it says of a message."""

import json
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

Json = dict[str, Any]

PUBLISHED: Json = json.loads(Path(__file__).with_name("provider_openapi.json").read_text())


def openapi() -> Json:
    """The seed in words of OpenAPI 3.1, which it claims to speak: there `nullable` is a type like others."""
    told = _without_nullable(PUBLISHED)
    assert isinstance(told, dict)
    return told


def check(name: str, message: Json) -> None:
    """See that a message is what a schema of the seed says, and has every field that the schema names.

    Raises:
        AssertionError: it is not, or has not.
    """
    document = openapi()
    schema = {**document, "$ref": f"#/components/schemas/{name}"}
    errors = Draft202012Validator(schema, validate_formats=True).iter_errors(message)
    assert [f"{error.instance_path}: {error.message}" for error in errors] == []
    named = document["components"]["schemas"][name]["properties"]
    assert set(named) <= set(message)
    inner = named.get("meta", {}).get("properties", {})
    assert set(inner) <= set(message.get("meta", {}))


def _without_nullable(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _without_nullable(value) for name, value in node.items()}
    if made.pop("nullable", False):
        made["type"] = [made["type"], "null"]
    return made
