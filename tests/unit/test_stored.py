"""What is kept is never changed in place, and is read by a release that does not know all of its fields."""

import pkgutil
from importlib import import_module

import pytest
from pydantic import BaseModel, ValidationError

from faceswap import rules
from faceswap.rules.audit import AuditLine
from faceswap.rules.errors import Fault
from faceswap.rules.next_step import NextStep
from faceswap.rules.stored import Stored

# A line of the audit is written and never read; a fault and a task's answer are not kept.
NOT_STORED = {AuditLine, Fault, NextStep}


class Kept(Stored):
    size: int


def test_it_cannot_be_changed() -> None:
    kept = Kept(size=1)

    with pytest.raises(ValidationError):
        kept.size = 2


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert Kept.model_validate({"size": 1, "colour": "red"}) == Kept(size=1)


def test_every_model_of_the_rules_is_kept_like_that() -> None:
    modules = [
        import_module(f"{rules.__name__}.{found.name}")
        for found in pkgutil.iter_modules(rules.__path__)
    ]
    models = {
        model
        for module in modules
        for model in vars(module).values()
        if isinstance(model, type)
        and issubclass(model, BaseModel)
        and model.__module__ == module.__name__
    }

    assert len(models) > 20
    assert {model for model in models if not issubclass(model, Stored)} == NOT_STORED


def test_a_line_of_the_audit_has_no_other_fields_and_stays_as_it_is() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        AuditLine.model_validate({"line_id": "1", "kind": "job.ended", "colour": "red"})
    assert AuditLine.model_config["frozen"]
