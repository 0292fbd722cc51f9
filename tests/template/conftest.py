"""The template where SAM has expanded it."""

from typing import Any

import pytest

from local.emulator.transform import load, local_sources, transform
from tests.support.template.expanded import ROOT

# A value for each parameter without a default; what the intrinsics give is not looked at here.
_PARAMETERS = {"AllowedOrigins": "https://app.example.com"}


@pytest.fixture(scope="module")
def expanded() -> dict[str, Any]:
    """The resources that CloudFormation would see."""
    template = load(ROOT / "template.yaml")
    local_sources(template, ROOT)
    resources: dict[str, Any] = transform(template, _PARAMETERS)["Resources"]
    return resources
