"""State machine definitions as the emulator needs them."""

from typing import Any

import pytest

from local.emulator.state_machine import RUNGS, adapt_definition


def definition(**state: Any) -> dict[str, Any]:
    return {"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "End": True, **state}}}


def test_a_literal_time_out_stays() -> None:
    given = definition(TimeoutSeconds=30)

    assert adapt_definition(given) == given


def test_a_time_out_by_expression_becomes_a_choice_over_literals() -> None:
    given = {"QueryLanguage": "JSONata", **definition(TimeoutSeconds="{% $states.input.wait %}")}

    states = adapt_definition(given)["States"]

    head = states["Wait"]
    assert head["Choices"][0] == {
        "Condition": "{% ($states.input.wait) <= 1 %}",
        "Next": "Wait (1s)",
    }
    assert head["Default"] == "Wait (3600s)"
    assert {choice["Next"] for choice in head["Choices"]} | {"Wait"} == states.keys()
    assert states["Wait (17s)"] == {"Type": "Task", "End": True, "TimeoutSeconds": 17}


def test_a_time_out_by_path_becomes_a_choice_too() -> None:
    states = adapt_definition(definition(TimeoutSecondsPath="$.wait"))["States"]

    assert states["Wait"]["Choices"][1] == {
        "Variable": "$.wait",
        "NumericLessThanEquals": 2,
        "Next": "Wait (2s)",
    }
    assert "TimeoutSecondsPath" not in states["Wait (2s)"]


@pytest.mark.parametrize("seconds", [1, 5, 20, 30, 120, 600])
def test_the_time_outs_that_the_product_uses_are_exact(seconds: int) -> None:
    assert seconds in RUNGS


def test_inner_states_are_adapted_with_their_language() -> None:
    inner = definition(TimeoutSeconds="{% 3 %}")
    given = {
        "QueryLanguage": "JSONata",
        "StartAt": "Both",
        "States": {
            "Both": {"Type": "Parallel", "Branches": [inner], "Next": "Each"},
            "Each": {"Type": "Map", "ItemProcessor": inner, "End": True},
        },
    }

    states = adapt_definition(given)["States"]

    assert states["Both"]["Branches"][0]["States"]["Wait"]["QueryLanguage"] == "JSONata"
    assert "Wait (3s)" in states["Each"]["ItemProcessor"]["States"]


def test_throttling_also_has_the_emulators_name() -> None:
    throttled = {"ErrorEquals": ["Lambda.TooManyRequestsException"]}
    given = definition(Retry=[throttled], Catch=[{**throttled, "Next": "Wait"}])

    state = adapt_definition(given)["States"]["Wait"]

    expected = ["Lambda.TooManyRequestsException", "Lambda.Unknown"]
    assert state["Retry"][0]["ErrorEquals"] == expected
    assert state["Catch"][0]["ErrorEquals"] == expected
    assert throttled == {"ErrorEquals": ["Lambda.TooManyRequestsException"]}
