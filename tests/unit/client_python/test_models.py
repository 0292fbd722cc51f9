"""The client's models against the published contract: the same fields and values, the same that may be missing."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from faceswap_adapter import models
from faceswap_adapter.models import JOB, RESERVED, Consent, JobList, Purpose

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[3] / "docs/openapi.json").read_text())
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
NAMES: dict[str, type[BaseModel]] = {
    "Fault": models.Fault,
    "Problem": models.Problem,
    "JobProblem": models.JobProblem,
    "ProviderView": models.Provider,
    "CallbackTarget": models.CallbackTarget,
    "CostView": models.Cost,
    "ResultView": models.Result,
    "OpenJob": models.OpenJob,
    "SucceededJob": models.SucceededJob,
    "FailedJob": models.FailedJob,
    "CancelledJob": models.CancelledJob,
    "JobList": models.JobList,
    "ResultLink": models.ResultLink,
    "UploadView": models.Upload,
    "ReservedPut": models.ReservedPut,
    "ReservedMultipart": models.ReservedMultipart,
    "ArrivedPart": models.ArrivedPart,
    "ArrivedParts": models.ArrivedParts,
    "PresignedPart": models.PresignedPart,
    "PresignedParts": models.PresignedParts,
    "SignedRequest": models.SignedRequest,
    "CallbackSecret": models.CallbackSecret,
    "CallbackSecrets": models.CallbackSecrets,
    "ConsentStatement": models.Consent,
}
UNREAD = {"consent_receipt"}
"""What the client keeps as it came and does not look at."""
for owner, open_field in (("Problem", "type"), ("JobProblem", "type"), ("ProviderView", "name")):
    # The contract lists these values and the client takes any: a new kind of problem breaks nobody.
    for listed in ("enum", "const"):
        SCHEMAS[owner]["properties"][open_field].pop(listed, None)


def shape(schema: dict[str, Any], among: dict[str, Any]) -> Any:
    """What a schema demands of a value, without words; schemas that it names by what they demand."""
    if "$ref" in schema:
        return shape(among[schema["$ref"].rpartition("/")[2]], among)
    if "oneOf" in schema or "anyOf" in schema:
        choices = [shape(each, among) for each in schema.get("oneOf") or schema["anyOf"]]
        return sorted(choices, key=json.dumps)
    told = {name: schema[name] for name in ("minLength", "maxLength") if name in schema}
    if "const" in schema:
        return {"values": [schema["const"]]}
    if "enum" in schema:
        return {"values": sorted(schema["enum"])}
    if schema.get("type") == "array":
        return {"array": shape(schema["items"], among)}
    if "properties" in schema:
        properties = {k: v for k, v in schema["properties"].items() if k not in UNREAD}
        required = sorted({*schema.get("required", ())} - UNREAD)
        return {
            "object": {name: shape(value, among) for name, value in sorted(properties.items())},
            "required": required,
        }
    return {"type": schema.get("type"), **told}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_what_the_contract_says(name: str) -> None:
    schema = NAMES[name].model_json_schema(by_alias=True)
    found, wanted = shape(schema, schema.get("$defs", {})), shape(SCHEMAS[name], SCHEMAS)
    if name == "ConsentStatement":  # what it attests need not be said in Python
        wanted["required"].remove("attested")

    assert found == wanted


def test_every_status_and_purpose_has_its_model() -> None:
    told = SCHEMAS["JobView"]["discriminator"]["mapping"]
    mapped = {status: reference.rpartition("/")[2] for status, reference in told.items()}
    by_status = {
        status: model.__name__
        for model in (
            models.OpenJob,
            models.SucceededJob,
            models.FailedJob,
            models.CancelledJob,
        )
        for status in TypeAdapter(model.model_fields["status"].annotation).json_schema().get("enum")
        or [TypeAdapter(model.model_fields["status"].annotation).json_schema()["const"]]
    }

    assert by_status == mapped
    wanted = SCHEMAS["UploadRequest"]["properties"]["purpose"]["enum"]
    assert TypeAdapter(Purpose).json_schema()["enum"] == wanted


def examples(operation: str, status: str) -> dict[str, Any]:
    [found] = [
        each
        for path in DOCUMENT["paths"].values()
        for each in path.values()
        if each["operationId"] == operation
    ]
    content = found["responses"][status]["content"]["application/json"]
    return {name: each["value"] for name, each in content["examples"].items()}


@pytest.mark.parametrize(
    ("operation", "status", "adapter"),
    [
        ("createJob", "202", JOB),
        ("getJob", "200", JOB),
        ("cancelJob", "200", JOB),
        ("listJobs", "200", TypeAdapter(JobList)),
        ("createUpload", "201", RESERVED),
        ("getUpload", "200", TypeAdapter(models.Upload)),
        ("listParts", "200", TypeAdapter(models.ArrivedParts)),
        ("signParts", "200", TypeAdapter(models.PresignedParts)),
        ("signUpload", "200", TypeAdapter(models.SignedRequest)),
        ("getResult", "200", TypeAdapter(models.ResultLink)),
        ("getCallbackSecrets", "200", TypeAdapter(models.CallbackSecrets)),
    ],
)
def test_every_example_of_the_contract_is_read_and_nothing_of_it_lost(
    operation: str, status: str, adapter: TypeAdapter[Any]
) -> None:
    for name, value in examples(operation, status).items():
        read = adapter.validate_python(value)
        kept = json.loads(adapter.dump_json(read, by_alias=True, exclude_unset=True))
        assert kept.keys() == value.keys(), name


def test_fields_that_come_later_are_kept() -> None:
    [(_, value)] = [*examples("getJob", "200").items()][:1]
    job = JOB.validate_python({**value, "new": {"field": 1}})

    assert job.model_dump()["new"] == {"field": 1}


def test_a_consent_is_what_the_contract_takes() -> None:
    schema = SCHEMAS["ConsentStatement"]
    sent = Consent(statement="They agreed.").model_dump(exclude_none=True)

    assert {*schema["required"]} == {*sent}
