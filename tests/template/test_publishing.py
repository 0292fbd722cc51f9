"""Functions are called as published; whatever a deploy changes in one is published by that deploy."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator.references import referred
from local.emulator.transform import load
from tests.template.expanded import ROOT, of_type

FUNCTIONS = ("JobsFunction", "ResultsFunction")
LONGEST_DESCRIPTION = 256
# The number at the end of a layer version's ARN.
LAYER = "999999"


@pytest.fixture(scope="module")
def parameters() -> dict[str, Any]:
    """The template's parameters by name."""
    declared: dict[str, Any] = load(ROOT / "template.yaml")["Parameters"]
    return declared


def description(expanded: dict[str, Any], function: str) -> Any:
    """What the function's version is described by."""
    versions = of_type(expanded, "AWS::Lambda::Version").values()
    (found,) = (v["Description"] for v in versions if v["FunctionName"] == {"Ref": function})
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_version_is_described_by_all_that_a_deploy_may_change(
    function: str, expanded: dict[str, Any], parameters: dict[str, Any]
) -> None:
    """Its description is replaced with it; its name changes with the function's code only."""
    layers = set(of_type(expanded, "AWS::Lambda::LayerVersion"))
    made_of = set(referred(expanded[function]["Properties"])) & (set(parameters) | layers)

    assert len(made_of & layers) == 2
    assert set(referred(description(expanded, function))) == made_of


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_description_stays_within_its_limit(
    function: str, expanded: dict[str, Any], parameters: dict[str, Any]
) -> None:
    text, given = description(expanded, function)["Fn::Sub"]
    for name in given:
        text = text.replace(f"${{{name}}}", LAYER)
    for name, parameter in parameters.items():
        text = text.replace(f"${{{name}}}", longest(parameter) if f"${{{name}}}" in text else "")

    assert "$" not in text
    assert len(text) <= LONGEST_DESCRIPTION


def longest(parameter: dict[str, Any]) -> str:
    """Some value of a parameter that is as long as any may be."""
    if "AllowedValues" in parameter:
        values: list[str] = parameter["AllowedValues"]
        return max(values, key=len)
    if parameter["Type"] == "Number":
        return str(parameter["MaxValue"])
    return "x" * int(parameter["MaxLength"])


def test_everybody_calls_what_is_published(expanded: dict[str, Any]) -> None:
    """Else SnapStart would do nothing, and a permission might be missing."""
    may_name_it = ("AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig")
    callers = {
        name: set(referred(list(integrations(resource))))
        for name, resource in expanded.items()
        if resource["Type"] not in may_name_it and name not in FUNCTIONS
    }

    assert not [name for name, names in callers.items() if names & set(FUNCTIONS)]
    aliases = {f"{function}Aliaslive" for function in FUNCTIONS}
    assert sum(len(names & aliases) for names in callers.values()) >= 15
    asynchronous = of_type(expanded, "AWS::Lambda::EventInvokeConfig").values()
    assert {config["Qualifier"] for config in asynchronous} == {"live"}


def integrations(resource: dict[str, Any]) -> Iterator[Any]:
    """Where a resource may call a function; a role's policies and a text to show call nobody."""
    for name, value in resource["Properties"].items():
        if name not in ("Policies", "DashboardBody", "Dimensions", "Metrics"):
            yield value


def test_snapshots_are_taken_only_where_somebody_asks_for_them(
    expanded: dict[str, Any], parameters: dict[str, Any]
) -> None:
    assert parameters["SnapStart"]["Default"] == "None"
    assert parameters["SnapStart"]["AllowedValues"] == ["None", "PublishedVersions"]
    for function in FUNCTIONS:
        properties = expanded[function]["Properties"]
        assert properties["SnapStart"] == {"ApplyOn": {"Ref": "SnapStart"}}
        # What Lambda takes no snapshots of.
        assert "EphemeralStorage" not in properties
        assert "FileSystemConfigs" not in properties
