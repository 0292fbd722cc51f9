"""What each role of the template may do, and the page that tells why: action, resource, and the code that needs it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.emulator.references import Json

Grant = tuple[str, str, str]
"""A role, an action, and what it is allowed on, by the names of the template."""

_SUFFIX = "Role"
_LIFECYCLE = "JobLifecycle"
_MACHINE = "faceswap-${StackUuid}"


@dataclass(frozen=True)
class Policies:
    """What the roles of a transformed template hold."""

    grants: frozenset[Grant]
    managed: frozenset[tuple[str, str]]
    """A role, and a policy of AWS's own."""


def policies(template: Json) -> Policies:
    """Read all roles of a transformed template. Raises ValueError for a resource that has no name here."""
    roles = {
        name.removesuffix(_SUFFIX): resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    return Policies(
        grants=frozenset(
            (role, action, _name(resource))
            for role, properties in roles.items()
            for statement in _statements(properties)
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        ),
        managed=frozenset(
            (role, str(arn).rpartition("/")[2])
            for role, properties in roles.items()
            for arn in properties.get("ManagedPolicyArns", [])
        ),
    )


def page(needed: Mapping[Grant, frozenset[str]], managed: Mapping[tuple[str, str], str]) -> str:
    """`docs/permissions.md`: every grant with the code that needs it, every policy of AWS's own with its reason."""
    lines = [_HEAD]
    for role in sorted({role for role, *_ in needed}):
        lines += [f"## {role}", "", "| action | on | needed by |", "|---|---|---|"]
        lines += [
            f"| `{action}` | {resource} | {', '.join(f'`{site}`' for site in sorted(sites))} |"
            for (owner, action, resource), sites in sorted(needed.items())
            if owner == role
        ]
        lines += [
            f"| AWS's `{policy}` | | {reason} |"
            for (owner, policy), reason in sorted(managed.items())
            if owner == role
        ]
        lines.append("")
    return "\n".join(lines)


def _statements(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in properties.get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(resource: object) -> str:
    match resource:
        case {"Fn::GetAtt": [str(name), "Arn" | "Id"]}:
            return name
        case {"Fn::GetAtt": [str(name), "StreamArn"]}:
            return f"{name}'s stream"
        case {"Fn::Sub": [str(), {"functionName": {"Ref": str(name)}}]}:
            return name
        case {"Fn::Sub": str(text)} if text.startswith("${"):
            return text.removeprefix("${").replace(".Arn}", "", 1)
        case {"Fn::Sub": [str(text), dict()]} if text.endswith(f":stateMachine:{_MACHINE}"):
            return _LIFECYCLE
        case {"Fn::Sub": [str(text), dict()]} if text.endswith(f":execution:{_MACHINE}:*"):
            return f"{_LIFECYCLE}'s executions"
        case _:
            raise ValueError(f"a resource without a name here: {resource}")


_HEAD = """\
# What each role may do

Written by `make permissions`. `make test` lives jobs in all their ways on the local stack, whose functions have only
these roles, notes each call to AWS with the code that made it, and fails for an action that nothing uses, for a call
that is not listed, and for a page that differs. Names are those of `template.yaml`; code is below
`layers/faceswap/python` unless it says otherwise. A link that a function signs counts as its own call: it
works by the function's role.

Events reach the functions by resource policies that SAM makes, one for each route, rule and schedule, for
`apigateway.amazonaws.com` and `events.amazonaws.com` from that one source.
"""
