"""Where the template lies, and parts of it by type."""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def of_type(resources: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type."""
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def versions_of(resources: dict[str, Any], function: str) -> list[str]:
    """The versions of a function by name."""
    versions = of_type(resources, "AWS::Lambda::Version").items()
    return [name for name, each in versions if each["FunctionName"] == {"Ref": function}]
