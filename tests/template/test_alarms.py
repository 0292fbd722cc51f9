"""Alarms look at metrics of this stack, and hold as long as what they tell of."""

import json
import re
from typing import Any

import pytest

from faceswap.rules.schedule import submit_wait
from local.cost.bill import ALARM_METRICS
from tests.support.template.expanded import of_type

NAMESPACE = {"Fn::Sub": "Faceswap/${AWS::StackName}"}
WAIT = submit_wait("fix_account", None, 0)
# The time that the jobs function may take for the next try.
SUBMIT_SECONDS = 150


def namespaces(alarm: dict[str, Any]) -> list[Any]:
    """The namespaces that an alarm looks into."""
    stats = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m]
    return [m["Namespace"] for m in (*stats, alarm) if "Namespace" in m]


def test_two_stacks_do_not_share_a_metric(expanded: dict[str, Any]) -> None:
    alarms = of_type(expanded, "AWS::CloudWatch::Alarm").values()
    ours = [n for alarm in alarms for n in namespaces(alarm) if not str(n).startswith("AWS/")]
    (dashboard,) = of_type(expanded, "AWS::CloudWatch::Dashboard").values()
    body = json.loads(dashboard["DashboardBody"]["Fn::Sub"])
    shown = {m[0] for w in body["widgets"] for m in w["properties"].get("metrics", [])}

    assert len(ours) == 16
    assert all(namespace == NAMESPACE for namespace in ours)
    assert {n for n in shown if not n.startswith("AWS/")} == {NAMESPACE["Fn::Sub"]}


@pytest.mark.parametrize("function", ["JobsFunction", "ResultsFunction"])
def test_functions_write_into_the_stacks_own_namespace(
    function: str, expanded: dict[str, Any]
) -> None:
    variables = expanded[function]["Properties"]["Environment"]["Variables"]

    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == NAMESPACE


@pytest.mark.parametrize("offset", range(0, 900, 60))
@pytest.mark.parametrize("pause", [WAIT, WAIT + SUBMIT_SECONDS])
def test_the_lane_alarm_holds_while_one_job_waits(
    expanded: dict[str, Any], offset: int, pause: int
) -> None:
    """A waiting job is refused again every 600 s, or a little later; the alarm rings once."""
    (alarm,) = [
        a
        for a in of_type(expanded, "AWS::CloudWatch::Alarm").values()
        if a.get("MetricName") == "ProviderBlocked"
    ]
    period, wide = alarm["Period"], alarm["EvaluationPeriods"]
    refusals = range(offset, offset + 12 * pause, pause)

    def counted(start: int) -> int:
        return sum(start <= moment < start + period for moment in refusals)

    states = []
    for now in range(offset + period, refusals[-1], 60):
        ends = now - now % period
        window = [counted(ends - period * (back + 1)) for back in range(wide)]
        breaching = sum(n >= alarm["Threshold"] for n in window)
        states.append(breaching >= alarm.get("DatapointsToAlarm", wide))

    assert all(states[states.index(True) :])


def test_what_alarms_cost_is_said_for_all_of_them(expanded: dict[str, Any]) -> None:
    alarms = of_type(expanded, "AWS::CloudWatch::Alarm").values()

    assert sum(len(namespaces(alarm)) for alarm in alarms) == ALARM_METRICS


def test_an_hour_without_a_webhook_counts_as_none(expanded: dict[str, Any]) -> None:
    """A metric that nobody wrote has no value, and whatever is reckoned with it has none either."""
    alarm = expanded["WebhookOutage"]["Properties"]
    told = [m["Id"] for m in alarm["Metrics"] if "MetricStat" in m]
    (expression,) = [m["Expression"] for m in alarm["Metrics"] if "Expression" in m]

    bare = re.sub(r"FILL\((\w+), 0\)", "", expression)
    assert not [name for name in told if name in bare]
    assert all(f"FILL({name}, 0)" in expression for name in told)
