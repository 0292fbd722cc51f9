"""The published contract in itself: examples everywhere, each right, and every type of problem told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema_rs import validator_for

from faceswap.contract.problems import PROBLEMS
from faceswap.rules.errors import DomainError
from faceswap.rules.status import ErrorType

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text())
OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
}
OPERATION = pytest.mark.parametrize("name", OPERATIONS)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of an operation, sent or answered, by where it stands."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"request {media_type}", content
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            yield f"{status} {media_type}", content


def faults(schema: dict[str, Any], value: object) -> list[str]:
    """What a schema of the document finds wrong with a value."""
    whole = {"components": DOCUMENT["components"], "allOf": [schema]}
    return [fault.message for fault in validator_for(whole).iter_errors(value)]


@OPERATION
def test_every_body_and_parameter_has_examples_that_its_schema_allows(name: str) -> None:
    for place, content in contents(OPERATIONS[name]):
        assert content.get("examples"), place
        for title, example in content["examples"].items():
            assert (place, title, faults(content["schema"], example["value"])) == (place, title, [])
    for parameter in OPERATIONS[name].get("parameters", []):
        assert "example" in parameter, parameter["name"]
        assert faults(parameter["schema"], parameter["example"]) == []


def test_examples_are_found_wrong_where_they_are() -> None:
    content = OPERATIONS["createJob"]["requestBody"]["content"]["application/json"]
    example = content["examples"]["uploads and a URL"]["value"]

    for change in ({"init_video": 5}, {"more": 1}, {"consent": {"attested": False}}):
        assert faults(content["schema"], example | change) != []


def test_every_type_of_problem_is_told() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    assert {kind.error for kind in PROBLEMS} == {DomainError, *DomainError.__subclasses__()}
    assert set(schemas["Problem"]["properties"]["type"]["enum"]) == {kind.type for kind in PROBLEMS}
    assert set(schemas["JobProblem"]["properties"]["type"]["enum"]) == {
        f"/problems/{name}" for name in get_args(ErrorType)
    }
    for schema in (schemas["Problem"], schemas["JobProblem"]):
        told = schema["properties"]["type"]
        assert all(f"`{kind}`: " in told["description"] for kind in told["enum"])


def test_every_kind_of_refusal_has_an_example_somewhere() -> None:
    shown = {
        (example["value"]["type"], example["value"]["status"])
        for operation in OPERATIONS.values()
        for place, content in contents(operation)
        if place.endswith("problem+json")
        for example in content["examples"].values()
    }

    assert shown == {(kind.type, kind.status) for kind in PROBLEMS}
