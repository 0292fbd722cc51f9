"""State machine definitions in the form the emulator runs as AWS would.

Two things are mended: the emulator reads a task's time-out only as a literal, and it names
a throttled function `Lambda.Unknown`.
"""

import copy
from typing import Any

from local.emulator.references import Json

# A time-out from data is rounded up to one of these seconds (and cut to the last).
RUNGS = (
    *range(1, 21),
    *(25, 30, 40, 45, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240, 270, 300),
    *(330, 360, 420, 480, 540, 600, 660, 720, 900, 1800, 3600),
)
_THROTTLED = "Lambda.TooManyRequestsException"
_THROTTLED_HERE = "Lambda.Unknown"


def adapt_definition(definition: Json, language: str = "JSONPath") -> Json:
    """Adapt a definition, or the inner one of a Map or Parallel state with its language."""
    language = definition.get("QueryLanguage", language)
    states: Json = {}
    for name, original in definition.get("States", {}).items():
        state = copy.deepcopy(original)
        own_language = state.get("QueryLanguage", language)
        _name_throttling(state)
        _adapt_inner(state, own_language)
        if "TimeoutSecondsPath" in state or isinstance(state.get("TimeoutSeconds"), str):
            states.update(_ladder(name, state, own_language))
        else:
            states[name] = state
    return {**definition, "States": states}


def _name_throttling(state: Json) -> None:
    for rule in [*state.get("Retry", []), *state.get("Catch", [])]:
        errors = rule["ErrorEquals"]
        if _THROTTLED in errors and _THROTTLED_HERE not in errors:
            errors.append(_THROTTLED_HERE)


def _adapt_inner(state: Json, language: str) -> None:
    for key in ("Iterator", "ItemProcessor"):
        if key in state:
            state[key] = adapt_definition(state[key], language)
    if "Branches" in state:
        state["Branches"] = [adapt_definition(branch, language) for branch in state["Branches"]]


def _ladder(name: str, state: Json, language: str) -> Json:
    """A Choice under the state's own name that leads to copies of it with literal time-outs."""
    path = state.pop("TimeoutSecondsPath", None)
    expression = "" if path else state["TimeoutSeconds"].strip()[2:-2].strip()

    def rung(seconds: int) -> str:
        return f"{name} ({seconds}s)"

    def choice(seconds: int) -> dict[str, Any]:
        if path:
            return {"Variable": path, "NumericLessThanEquals": seconds, "Next": rung(seconds)}
        return {"Condition": f"{{% ({expression}) <= {seconds} %}}", "Next": rung(seconds)}

    head = {
        "Type": "Choice",
        "QueryLanguage": language,
        "Choices": [choice(seconds) for seconds in RUNGS],
        "Default": rung(RUNGS[-1]),
    }
    copies = {rung(seconds): {**state, "TimeoutSeconds": seconds} for seconds in RUNGS}
    return {name: head, **copies}
