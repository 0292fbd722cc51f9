"""The contract of events: made from the code, valid, and what the template's pipe sends."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from pydantic import BaseModel

from faceswap.contract.events import JobStatusChanged
from local.asyncapi import EXAMPLES, text
from local.emulator.patterns import render
from local.emulator.transform import load

PROJECT = Path(__file__).parents[2]
COMMITTED = PROJECT / "docs/asyncapi.yaml"


def test_the_document_is_made_from_the_code() -> None:
    assert COMMITTED.read_text() == text(), "run `make asyncapi`"


@pytest.mark.parametrize("model", EXAMPLES, ids=lambda model: model.__name__)
def test_each_example_is_what_its_schema_and_its_model_allow(model: type[BaseModel]) -> None:
    components: dict[str, Any] = yaml.safe_load(COMMITTED.read_text())["components"]
    [example] = components["messages"][model.__name__]["examples"]
    schema = {"$ref": f"#/components/schemas/{model.__name__}", "components": components}

    jsonschema_rs.validate(schema, example["payload"])
    model.model_validate(example["payload"])


@pytest.mark.parametrize("priced", [True, False])
def test_the_pipe_sends_what_the_contract_says(*, priced: bool) -> None:
    pipe = load(PROJECT / "template.yaml")["Resources"]["EventsOutPipe"]["Properties"]
    condition, with_price, without = pipe["TargetParameters"]["InputTemplate"]["Fn::If"]
    assert condition == "HasPrice"
    item = EXAMPLES[JobStatusChanged] | {"updated_at": "2026-01-31T09:31:10.000Z"}
    image = {name: {"S": text} for name, text in item.items()}
    image |= {"version": {"N": "4"}, "reference": {"S": 'a "b" \\ c'}}

    detail = json.loads(
        render(with_price if priced else without, {"dynamodb": {"NewImage": image}})
    )

    told = JobStatusChanged.model_validate(detail)
    assert told.client_reference == 'a "b" \\ c'
    assert told.event_id == f"{told.job_id}.{told.version}"
    assert told.cost == ("0.16" if priced else None)
