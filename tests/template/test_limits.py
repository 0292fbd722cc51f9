"""Each name and text that we make is within its limit, whatever the stack is called and whatever its parameters are."""

import json
import re
from typing import Any

import pytest

from local.emulator.transform import load, local_sources, transform
from tests.support.template.expanded import ROOT
from tests.support.template.limits import LIMITS, SIZES, TEMPLATE, Limit, is_at, leaves
from tests.support.template.settled import Stack, longest

NAME = "FaceSwap-aws-Amazon-Cognito-" + "Ab1-" * 25
# Ends of property names that a person reads or an API takes for a name.
OURS = re.compile(r"(^|\.)\*?(\w*Name|\w*Description|Domain|Namespace|Identifier|Sid|Id|title)$")
# Names of what AWS or CloudFormation named: they come from where they are made.
REFERRED = {
    "FunctionName", "FunctionVersion", "RecoveryMechanisms.*.Name", "RestApiId", "ApiId", "UserPoolId",
    "Origins.*.DomainName", "TableName", "EventBusName", "SourceAccount", "KeySchema.*.AttributeName",
}  # fmt: skip


def stack(**changes: Any) -> Stack:
    """The stack with the longest name and parameters; some of them given."""
    template = load(ROOT / "template.yaml")
    local_sources(template, ROOT)
    values = {name: longest(each) for name, each in template["Parameters"].items()} | changes
    settled = {n: ",".join(v) if isinstance(v, list) else v for n, v in values.items()}
    return Stack(transform(template, settled), NAME, values)


def kinds(**changes: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, type and properties of each resource."""
    made = stack(**changes).resources()
    return [(name, each["Type"], each.get("Properties", {})) for name, each in made.items()]


SETS: dict[str, dict[str, Any]] = {
    "an issuer of its own": {"MachineAccess": "false", "WebPage": "true"},
    "a user pool": {"JwtIssuer": "", "MachineAccess": "true", "WebPage": "true"},
}


def test_the_name_is_as_long_and_as_mixed_as_any() -> None:
    assert len(NAME) == 128
    assert re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]*", NAME)


@pytest.mark.parametrize("given", SETS.values(), ids=SETS)
def test_names_and_texts_are_within_their_limits(given: dict[str, Any]) -> None:
    seen: set[Limit] = set()
    faults = []
    for name, kind, properties in kinds(**given):
        for path, value in leaves(properties):
            for limit in LIMITS:
                if limit.kind == kind and is_at(path, limit):
                    seen.add(limit)
                    if not fits(str(value), limit):
                        faults.append(
                            f"{name}.{path}: {len(str(value))} of {limit.longest}: {value}"
                        )

    assert not faults, faults
    if given.get("JwtIssuer") == "":
        assert [each for each in LIMITS if each not in seen] == []


def fits(value: str, limit: Limit) -> bool:
    """Whether a value is short enough and made of what is allowed."""
    return len(value) <= limit.longest and re.fullmatch(limit.made_of, value) is not None


@pytest.mark.parametrize("given", SETS.values(), ids=SETS)
def test_no_name_is_without_a_limit(given: dict[str, Any]) -> None:
    """A new resource with a name or a text of ours gets a line in the table."""
    unknown = {
        f"{kind} {path}"
        for _, kind, properties in kinds(**given)
        for path, _ in leaves(properties)
        if OURS.search(path)
        and not any(path == each or path.endswith(f".{each}") for each in REFERRED)
        and not any(limit.kind == kind and is_at(path, limit) for limit in LIMITS)
    }

    assert unknown == set()


@pytest.mark.parametrize("given", SETS.values(), ids=SETS)
def test_whole_parts_are_within_their_sizes(given: dict[str, Any]) -> None:
    for name, kind, properties in kinds(**given):
        for limit in SIZES:
            if limit.kind != kind:
                continue
            part: Any = properties
            for step in limit.path.split("."):
                part = part.get(step, {})
            text = part if isinstance(part, str) else json.dumps(part, separators=(",", ":"))
            assert len(text.encode()) <= limit.longest, (name, limit)


def test_the_template_is_within_cloudformations_own_limits() -> None:
    template = load(ROOT / "template.yaml")
    expanded = stack().template

    assert len(template["Description"]) <= TEMPLATE["template's description"][0]
    for parameter in template["Parameters"].values():
        assert len(parameter["Description"]) <= TEMPLATE["parameter's description"][0]
    for output in template["Outputs"].values():
        assert len(output["Description"]) <= TEMPLATE["output's description"][0]
    for part in ("Parameters", "Outputs", "Resources"):
        assert len(expanded[part]) <= TEMPLATE[part.lower()][0]
        assert max(map(len, expanded[part])) <= TEMPLATE["logical id"][0]
    assert len(json.dumps(expanded).encode()) <= TEMPLATE["template's bytes"][0]
    assert all(page.startswith("https://docs.aws.amazon.com/") for _, page in TEMPLATE.values())


def test_a_limit_comes_with_its_page() -> None:
    assert all(limit.page.startswith("https://") for limit in (*LIMITS, *SIZES))
