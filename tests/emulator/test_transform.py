"""The SAM transform and the search for dependency cycles."""

from pathlib import Path

import pytest

from local.emulator.cycles import dependencies, find_cycle
from local.emulator.transform import TemplateError, load, local_sources, transform
from tests.support.sampled import SAMPLE

CYCLIC = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: code
      Environment: {Variables: {MACHINE: !Ref Machine}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: machine.json
      DefinitionSubstitutions: {Worker: !GetAtt Worker.Arn}
"""


def test_the_transform_gives_native_resources_and_keeps_the_sources() -> None:
    template = load(SAMPLE)
    sources = local_sources(template, SAMPLE.parent)

    resources = transform(template, {})["Resources"]

    assert sources["Sample"] == SAMPLE.parent / "function"
    assert resources["Sample"]["Type"] == "AWS::Lambda::Function"
    assert resources["Sample"]["Properties"]["Code"]["S3Key"] == "Sample"
    assert not any(each["Type"].startswith("AWS::Serverless") for each in resources.values())


def test_a_cycle_is_named(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(CYCLIC)
    document = load(template)
    local_sources(document, tmp_path)

    with pytest.raises(TemplateError, match="dependency cycle: Worker → Machine → Worker"):
        transform(document, {})


def test_what_sam_refuses_is_said() -> None:
    with pytest.raises(TemplateError, match="Worker"):
        transform({"Resources": {"Worker": {"Type": "AWS::Serverless::Function"}}}, {})


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "B"},
        {"Fn::GetAtt": ["B", "Arn"]},
        {"Fn::GetAtt": "B.Arn"},
        {"Fn::Sub": "x-${B}"},
        {"Fn::Sub": "x-${B.Arn}"},
        {"Fn::Sub": ["x-${C}", {"C": {"Ref": "B"}}]},
        {"Fn::If": ["Yes", [{"deep": {"Ref": "B"}}], "no"]},
    ],
)
def test_each_way_to_refer_is_a_dependency(reference: object) -> None:
    template = {
        "Resources": {"A": {"Type": "T", "Properties": {"p": reference}}, "B": {"Type": "T"}}
    }

    assert dependencies(template) == {"A": ["B"], "B": []}


@pytest.mark.parametrize(
    "reference", [{"Ref": "AWS::Region"}, {"Fn::Sub": "${!B}"}, {"Fn::Sub": ["${B}", {"B": "x"}]}]
)
def test_what_only_looks_like_a_reference_is_none(reference: object) -> None:
    template = {
        "Resources": {"A": {"Type": "T", "Properties": {"p": reference}}, "B": {"Type": "T"}}
    }

    assert dependencies(template)["A"] == []


def test_depends_on_counts_in_both_forms() -> None:
    template = {
        "Resources": {
            "A": {"Type": "T", "DependsOn": "B"},
            "B": {"Type": "T", "DependsOn": ["C"]},
            "C": {"Type": "T"},
        }
    }

    assert dependencies(template) == {"A": ["B"], "B": ["C"], "C": []}


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({}, None),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, None),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, ["b", "c", "b"]),
    ],
)
def test_a_cycle_is_found_and_named(graph: dict[str, list[str]], cycle: list[str] | None) -> None:
    assert find_cycle(graph) == cycle
