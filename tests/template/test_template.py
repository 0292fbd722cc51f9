"""What the template promises beyond what a linter sees, read where SAM has expanded it."""

import json
import re
from typing import Any

import pytest

from local.emulator.references import referred
from local.emulator.transform import load
from local.stack.parameters import configured
from tests.support.template.expanded import ROOT, of_type

DEAD_LETTERS = {"Fn::GetAtt": ["DeadLetters", "Arn"]}


def test_whatever_cannot_be_handled_ends_among_the_dead_letters(expanded: dict[str, Any]) -> None:
    rules = of_type(expanded, "AWS::Events::Rule")
    streams = of_type(expanded, "AWS::Lambda::EventSourceMapping")
    invokes = of_type(expanded, "AWS::Lambda::EventInvokeConfig")

    targets = [target for rule in rules.values() for target in rule["Targets"]]
    assert len(targets) == 7
    assert set(streams) == {"CallbackDue", "JobInserted"}
    # A queue keeps what its function cannot handle, until its own dead letters take it.
    assert streams.pop("CallbackDue")["EventSourceArn"] == {"Fn::GetAtt": ["Callbacks", "Arn"]}
    queue = expanded["Callbacks"]["Properties"]["RedrivePolicy"]
    assert normal(queue["deadLetterTargetArn"]) == {"Fn::GetAtt": ["CallbackDeadLetters", "Arn"]}
    assert {config["FunctionName"]["Ref"] for config in invokes.values()} == {
        "JobsFunction",
        "ResultsFunction",
    }
    assert all(normal(t["DeadLetterConfig"]["Arn"]) == DEAD_LETTERS for t in targets)
    [pipe] = of_type(expanded, "AWS::Pipes::Pipe").values()
    reading = pipe["SourceParameters"]["DynamoDBStreamParameters"]
    assert normal(reading["DeadLetterConfig"]["Arn"]) == DEAD_LETTERS
    assert reading["MaximumRetryAttempts"] > 0
    for each in (*streams.values(), *invokes.values()):
        assert normal(each["DestinationConfig"]["OnFailure"]["Destination"]) == DEAD_LETTERS


def normal(value: Any) -> Any:
    """`Fn::GetAtt` in one of its two spellings."""
    if isinstance(value, dict) and isinstance(value.get("Fn::GetAtt"), str):
        return {"Fn::GetAtt": value["Fn::GetAtt"].split(".")}
    return value


def metrics_of(alarm: dict[str, Any]) -> set[str]:
    """The names of our own metrics that an alarm looks at."""
    stats = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m]
    return {m["MetricName"] for m in (*stats, alarm) if "Faceswap" in str(m.get("Namespace"))}


def test_each_metric_that_an_alarm_looks_at_is_one_that_the_code_writes(
    expanded: dict[str, Any],
) -> None:
    sources = [
        *ROOT.glob("functions/*/*.py"),
        *ROOT.glob("layers/faceswap/python/faceswap/**/*.py"),
    ]
    written = {
        name
        for source in sources
        for name in re.findall(r'(?:count|measure|gauge)\(\s*"(\w+)"', source.read_text())
    }

    filters = of_type(expanded, "AWS::Logs::MetricFilter").values()
    written |= {each["MetricName"] for f in filters for each in f["MetricTransformations"]}

    alarms = of_type(expanded, "AWS::CloudWatch::Alarm")
    looked_at = set().union(*map(metrics_of, alarms.values()))
    assert looked_at >= {"ProviderBlocked", "PauseEntered", "FinishedByPoll"}
    assert looked_at <= written


def test_each_alarm_has_a_page_that_says_what_to_do(expanded: dict[str, Any]) -> None:
    pages = {path.name for path in (ROOT / "docs/runbooks").glob("*.md")}

    alarms = of_type(expanded, "AWS::CloudWatch::Alarm")
    named = {
        name: re.findall(r"docs/runbooks/([a-z-]+\.md)", alarm["AlarmDescription"])
        for name, alarm in alarms.items()
    }
    assert all(len(each) == 1 and each[0] in pages for each in named.values()), named
    assert pages == {each[0] for each in named.values()}


def test_an_alarm_reaches_somebody_who_gave_an_address(expanded: dict[str, Any]) -> None:
    topic = {"Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}

    alarms = of_type(expanded, "AWS::CloudWatch::Alarm")
    assert all(alarm["AlarmActions"] == topic for alarm in alarms.values())


def test_access_logs_hold_no_path(expanded: dict[str, Any]) -> None:
    (stage,) = of_type(expanded, "AWS::ApiGatewayV2::Stage").values()

    assert "$context.routeKey" in stage["AccessLogSettings"]["Format"]
    assert "ath" not in stage["AccessLogSettings"]["Format"]


def test_what_is_kept_is_kept_for_a_stated_time(expanded: dict[str, Any]) -> None:
    groups = of_type(expanded, "AWS::Logs::LogGroup")
    (table,) = of_type(expanded, "AWS::DynamoDB::Table").values()
    buckets = of_type(expanded, "AWS::S3::Bucket")

    days = {name: group["RetentionInDays"] for name, group in groups.items()}
    assert days == {"AccessLogs": 14, "JobsLogs": 30, "ResultsLogs": 30}
    assert "KmsKeyId" in groups["AccessLogs"]  # it names callers
    assert table["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 35
    rules = buckets["MediaBucket"]["LifecycleConfiguration"]["Rules"]
    assert {rule.get("Prefix") for rule in rules} == {
        "uploads/",
        "inbox/",
        "outbox/",
        "results/",
        None,
    }
    locked = buckets["AuditBucket"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert locked == {"Mode": "COMPLIANCE", "Days": {"Ref": "AuditRetentionDays"}}
    kept, _ = buckets["AuditBucket"]["LifecycleConfiguration"]["Rules"]
    assert kept["ExpirationInDays"] == {"Ref": "AuditRetentionDays"}


def test_the_audit_is_written_by_nobody_but_its_delivery_and_made_only_where_asked_for(
    expanded: dict[str, Any],
) -> None:
    audit = {name: each for name, each in expanded.items() if name.startswith("Audit")}

    assert len(audit) == 6
    assert all(each["Condition"] == "HasAuditLog" for each in audit.values())
    roles = of_type(expanded, "AWS::IAM::Role")
    named = {name for name, role in roles.items() if "AuditBucket" in set(referred(role))}
    assert named == {"AuditDeliveryRole"}
    (policy,) = roles["AuditDeliveryRole"]["Policies"]
    actions = [a for s in policy["PolicyDocument"]["Statement"] for a in s["Action"]]
    assert not [a for a in actions if "Delete" in a or a == "s3:GetObject" or "Bypass" in a]
    stream = audit["AuditDelivery"]["Properties"]["ExtendedS3DestinationConfiguration"]
    ends_records = {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord"}]}
    assert stream["ProcessingConfiguration"] == ends_records


def test_no_function_refers_to_the_api_or_the_state_machine(expanded: dict[str, Any]) -> None:
    """A reference would close a circle that only a deploy shows."""
    for name in ("JobsFunction", "ResultsFunction", "JobsFunctionRole", "ResultsFunctionRole"):
        names = set(referred(expanded[name]["Properties"]))

        assert names & {"JobsTable", "JobsLogs", "ResultsLogs"}
        assert not names & {"HttpApi", "JobLifecycle"}


def test_the_dashboard_is_json(expanded: dict[str, Any]) -> None:
    (dashboard,) = of_type(expanded, "AWS::CloudWatch::Dashboard").values()

    assert len(json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]) == 7


@pytest.mark.parametrize("name", ["default", "dev", "prod", "local"])
def test_a_named_config_sets_what_the_template_declares(name: str) -> None:
    declared = load(ROOT / "template.yaml")["Parameters"]

    given = configured(ROOT / "samconfig.toml", name)

    assert "AllowedOrigins" in given
    for parameter, value in given.items():
        assert re.fullmatch(declared[parameter].get("AllowedPattern", ".*"), value), parameter
        assert value in declared[parameter].get("AllowedValues", [value]), parameter
