"""State machines on the emulator: time-outs from data, wake-ups, retries by error name."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.support.sampled import Sampled

Eventually = Callable[[Callable[[], object]], bool]


def start(sampled: Sampled, name: str, **given: object) -> str:
    sampled.put(name)
    told = {"id": name, "wait": 1, "busy": 0, "gate": "", **given}
    arn: str = sampled.stack.client("stepfunctions").start_execution(
        stateMachineArn=sampled.stack.state_machine_arn, name=name, input=json.dumps(told)
    )["executionArn"]
    return arn


def described(sampled: Sampled, arn: str) -> dict[str, Any]:
    answer: dict[str, Any] = sampled.stack.client("stepfunctions").describe_execution(
        executionArn=arn
    )
    return answer


def history(sampled: Sampled, arn: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = sampled.stack.client("stepfunctions").get_execution_history(
        executionArn=arn, maxResults=1000
    )["events"]
    return events


def errors(sampled: Sampled, arn: str) -> set[str]:
    """Names of the failures on the way, the expected time-out of Wait left out."""
    found = {
        event["taskFailedEventDetails"]["error"]
        for event in history(sampled, arn)
        if event["type"] == "TaskFailed"
    }
    return found - {"States.Timeout"}


def test_a_task_token_times_out_when_the_data_say(sampled: Sampled, eventually: Eventually) -> None:
    arn = start(sampled, "short", wait=1)

    assert eventually(lambda: described(sampled, arn)["status"] != "RUNNING")

    outcome = described(sampled, arn)
    entered = {
        event["stateEnteredEventDetails"]["name"]: event["timestamp"]
        for event in history(sampled, arn)
        if "stateEnteredEventDetails" in event
    }
    assert json.loads(outcome["output"])["ended"] == "timeout"
    # The state's name tells its time-out; how late the machine comes to it is not for a test to say.
    assert {"Wait", "Wait (1s)"} <= entered.keys()
    assert outcome["stopDate"] - entered["Wait (1s)"] >= timedelta(seconds=1)


def test_a_function_wakes_the_execution_by_the_token_on_the_item(
    sampled: Sampled, eventually: Eventually
) -> None:
    arn = start(sampled, "woken", wait=600)

    def token() -> str | None:
        stored = (sampled.item("woken") or {}).get("task_token")
        return stored["S"] if stored else None

    assert eventually(token)
    assert sampled.invoke(probe="wake", token=token()) == (None, None)

    assert eventually(lambda: described(sampled, arn)["status"] == "SUCCEEDED")
    assert json.loads(described(sampled, arn)["output"])["ended"] == "woken"


def test_a_retry_may_name_a_functions_own_error(sampled: Sampled, eventually: Eventually) -> None:
    arn = start(sampled, "retried", busy=1)

    assert eventually(lambda: described(sampled, arn)["status"] == "SUCCEEDED")
    assert errors(sampled, arn) == {"BusyError"}


def test_a_throttled_function_is_tried_again(sampled: Sampled, eventually: Eventually) -> None:
    first = start(sampled, "holds", gate="gate")
    assert eventually(lambda: sampled.item("seen#held#gate"))

    second = start(sampled, "throttled")
    assert eventually(lambda: errors(sampled, second))
    sampled.put("gate", kind="open")

    def all_succeeded() -> bool:
        return all(described(sampled, arn)["status"] == "SUCCEEDED" for arn in (first, second))

    assert eventually(all_succeeded)
    assert (errors(sampled, first), errors(sampled, second)) == (set(), {"Lambda.Unknown"})
