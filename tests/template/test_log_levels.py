"""At each level that may be chosen, metrics and errors pass the filter that Lambda puts before CloudWatch."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest

from local.emulator.transform import load
from tests.support.template.expanded import ROOT

LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
ALIASES = {"WARNING": "WARN", "CRITICAL": "FATAL"}
ALLOWED = load(ROOT / "template.yaml")["Parameters"]["LogLevel"]["AllowedValues"]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
WRITES = """
from faceswap.telemetry import count, logger, measure
count("Counted")
measure("Measured", 1.5)
logger.info("told")
logger.error("went wrong")
try:
    raise ValueError("odd")
except ValueError:
    logger.exception("raised")
"""


def lines(level: str) -> list[dict[str, Any]]:
    """What a function prints at this level."""
    given = {
        "POWERTOOLS_LOG_LEVEL": level,
        "POWERTOOLS_SERVICE_NAME": "jobs",
        "POWERTOOLS_METRICS_NAMESPACE": "Faceswap/x",
        "PYTHONPATH": str(ROOT / "layers/faceswap/python"),
    }
    told = subprocess.run(
        [sys.executable, "-c", WRITES],
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def passes(line: dict[str, Any], level: str) -> bool:
    """Lambda's rule: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html."""
    return LEVELS.index(level_of(line)) >= LEVELS.index(level)


def level_of(line: dict[str, Any]) -> str:
    """What Lambda takes for a line's level: INFO without a level, or without a time by RFC 3339."""
    said = str(line.get("level", "")).upper()
    said = ALIASES.get(said, said)
    if said not in LEVELS or not RFC_3339.fullmatch(str(line.get("timestamp", ""))):
        return "INFO"
    return said


@pytest.mark.parametrize("level", ALLOWED)
def test_metrics_pass_at_each_level_that_may_be_chosen(level: str) -> None:
    metrics = [line for line in lines(level) if "_aws" in line]

    assert {name for line in metrics for name in ("Counted", "Measured") if name in line} == {
        "Counted",
        "Measured",
    }
    assert all(passes(line, level) for line in metrics)
    assert {line["_aws"]["CloudWatchMetrics"][0]["Namespace"] for line in metrics} == {"Faceswap/x"}


@pytest.mark.parametrize("level", ALLOWED)
def test_errors_pass_as_errors(level: str) -> None:
    errors = [line for line in lines(level) if line.get("level") == "ERROR"]

    assert [line["message"] for line in errors] == ["went wrong", "raised"]
    assert [level_of(line) for line in errors] == ["ERROR", "ERROR"]
    assert all(datetime.fromisoformat(line["timestamp"]).tzinfo for line in errors)


def test_higher_levels_would_drop_the_metrics() -> None:
    """Why there are two levels only."""
    (metric, *_) = [line for line in lines("INFO") if "_aws" in line]

    assert [level for level in LEVELS if passes(metric, level)] == ["TRACE", "DEBUG", "INFO"]
    assert ALLOWED == ["DEBUG", "INFO"]
