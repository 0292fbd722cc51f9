"""Logs and metrics, the same for both functions. Neither ever holds a URL, a token or a body."""

import logging
import os

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

# A time that Lambda does not understand makes a line count as INFO, whatever its level.
logger = Logger(use_rfc3339=True)

for _noisy in ("boto3", "botocore", "s3transfer", "urllib3", "httpx", "httpcore"):
    # At INFO and DEBUG these name every URL and every header, which hold signatures, owners and keys.
    logging.getLogger(_noisy).setLevel(logging.WARNING)


def _namespace() -> str:
    """Of this stack alone: its alarms look there."""
    return os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Faceswap")


def count(name: str, value: int = 1) -> None:
    """Add to a counter of this stack."""
    with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace=_namespace()):
        pass


def measure(name: str, seconds: float) -> None:
    """Note a span of time in this stack."""
    with single_metric(
        name=name, unit=MetricUnit.Seconds, value=round(seconds), namespace=_namespace()
    ):
        pass


def gauge(name: str, value: float) -> None:
    """Note a number without a unit in this stack, such as an amount of money; by the stack only, never by owner."""
    with single_metric(name=name, unit=MetricUnit.NoUnit, value=value, namespace=_namespace()):
        pass
