"""Logs and metrics, the same for both functions. Neither ever holds a URL, a token or a body."""

import logging

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()

for _noisy in ("boto3", "botocore", "httpx", "httpcore"):
    # At INFO these name every URL, and URLs hold signatures.
    logging.getLogger(_noisy).setLevel(logging.WARNING)


def count(name: str, value: int = 1) -> None:
    """Add to a counter of the namespace Faceswap."""
    with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace="Faceswap"):
        pass


def measure(name: str, seconds: float) -> None:
    """Note a span of time in the namespace Faceswap."""
    with single_metric(
        name=name, unit=MetricUnit.Seconds, value=round(seconds), namespace="Faceswap"
    ):
        pass
