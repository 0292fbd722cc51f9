"""Functions are called as published; whatever a deploy changes in one is published by that deploy."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator.references import referred
from local.emulator.transform import load, local_sources, transform
from tests.support.template.expanded import ROOT, of_type, versions_of

FUNCTIONS = ("JobsFunction", "ResultsFunction")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """The template as it is written."""
    return load(ROOT / "template.yaml")


@pytest.fixture(scope="module")
def parameters(template: dict[str, Any]) -> dict[str, Any]:
    """The template's parameters by name."""
    declared: dict[str, Any] = template["Parameters"]
    return declared


def written(template: dict[str, Any], function: str) -> set[str]:
    """The parameters and layers that a function is made of, as the template says."""
    common = template["Globals"]["Function"]
    own = template["Resources"][function]["Properties"]
    layers = {name for name, _ in layer_descriptions(template)}
    return set(referred([common, own])) & (set(template["Parameters"]) | layers)


def layer_descriptions(template: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each layer with its description; SAM puts the parameters' values into it."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            yield name, resource["Properties"]["Description"]


def not_made_of(template: dict[str, Any]) -> set[str]:
    """What a function's roles, events and metadata name, and the function itself is not made of."""
    return {"JwtScopePrefix"} & set(template["Parameters"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_version_is_described_by_all_that_a_deploy_may_change(
    function: str, template: dict[str, Any]
) -> None:
    """A version is replaced with its description, a layer too; a layer's number stands in the version's."""
    named = set(referred(template["Resources"][function]["Properties"]["VersionDescription"]))
    layers = dict(layer_descriptions(template))
    through_layers = {name for layer in named & set(layers) for name in referred(layers[layer])}

    made_of = written(template, function) - not_made_of(template)
    assert set(layers) <= named
    assert "DeployId" in named
    assert made_of - named - through_layers == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_the_version_is_described_by_is_what_the_function_is_made_of(
    function: str, template: dict[str, Any]
) -> None:
    named = set(referred(template["Resources"][function]["Properties"]["VersionDescription"]))

    assert named <= written(template, function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_deploy_that_says_so_publishes(
    function: str, template: dict[str, Any], expanded: dict[str, Any]
) -> None:
    """A tag gives the version another name and the same content, which is refused, 409: the id is content."""
    tagged = copy.deepcopy(template)
    tagged["Resources"][function]["Properties"]["Tags"] = {"team": "video"}
    local_sources(tagged, ROOT)
    values = {"AllowedOrigins": "https://app.example.com"}
    renamed = transform(tagged, values)["Resources"]

    assert versions_of(renamed, function) != versions_of(expanded, function)
    for resources in (renamed, expanded):
        (version,) = versions_of(resources, function)
        variables = resources[function]["Properties"]["Environment"]["Variables"]
        assert variables["DEPLOY_ID"] == {"Ref": "DeployId"}
        assert "DeployId" in set(referred(resources[version]["Properties"]["Description"]))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_version_that_is_rolled_back_is_gone(function: str, expanded: dict[str, Any]) -> None:
    """Else the next try finds its content published already, and is refused: 409."""
    (version,) = versions_of(expanded, function)

    assert expanded[version]["DeletionPolicy"] == "Delete"
    assert "UpdateReplacePolicy" not in expanded[version]


def test_layers_that_were_replaced_are_gone(expanded: dict[str, Any]) -> None:
    layers = [r for r in expanded.values() if r["Type"] == "AWS::Lambda::LayerVersion"]

    assert [layer["DeletionPolicy"] for layer in layers] == ["Delete", "Delete"]
    assert all("AWS::StackName" in str(layer["Properties"]["LayerName"]) for layer in layers)


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
