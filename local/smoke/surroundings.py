"""What stands around a stack's job: its pages in a browser, its account's quota, its metrics in CloudWatch."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx

from local.smoke.target import Target

_METRIC = "JobsCreated"
_ARRIVES_WITHIN = 600.0
_LOOKS_EVERY = 15.0


@dataclass(frozen=True)
class Unseen:
    """Stands for a value that cannot be looked at here; the text says why."""

    why: str


def surroundings(target: Target, tell: Callable[[str], None]) -> Iterator[tuple[str, Any]]:
    """The facts around a job that this stack has just made."""
    yield "an allowed origin's preflight", _preflight(target)
    yield "the concurrency quota", _quota(target)
    yield "a metric of ours in CloudWatch", _metric(target, tell)


def _preflight(target: Target) -> dict[str, Any]:
    """What a browser is told that asks for the first of the allowed origins."""
    allowed = target.parameters["AllowedOrigins"].split(",")[0].strip()
    origin = "https://any.example" if allowed == "*" else allowed
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    answer = httpx.options(f"{target.api_url}/v1/jobs", headers=asked, trust_env=False, timeout=60)
    admitted = answer.headers.get("access-control-allow-origin")
    return {"status": answer.status_code, "admitted": admitted in {allowed, origin}}


def _quota(target: Target) -> dict[str, Any] | Unseen:
    """Whether copying results can leave the account without a function for anybody else."""
    functions = boto3.client("lambda")
    if not _is_aws(functions):
        return Unseen("an emulator's quota is what its machine bears")
    at_once = functions.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    return {"is over twice ProviderConcurrency": leaves_room(at_once, target.parameters)}


def leaves_room(at_once: int, parameters: Mapping[str, str]) -> bool:
    """Whether as many functions as the account may run at once are over twice the jobs at the provider."""
    return at_once > 2 * int(parameters["ProviderConcurrency"])


def _is_aws(client: Any) -> bool:  # noqa: ANN401
    return ".amazonaws." in (urlsplit(client.meta.endpoint_url).hostname or "")


def _metric(target: Target, tell: Callable[[str], None]) -> dict[str, bool] | Unseen:
    """Whether the job that was made is counted where the alarms look."""
    cloudwatch = boto3.client("cloudwatch")
    if not _is_aws(cloudwatch):
        return Unseen("an emulator takes no metrics out of log lines")
    tell("waiting for a metric of ours, up to 10 minutes")
    since, end = datetime.now(UTC) - timedelta(hours=1), time.monotonic() + _ARRIVES_WITHIN
    while time.monotonic() < end:
        told = cloudwatch.get_metric_statistics(
            Namespace=f"Faceswap/{target.stack}",
            MetricName=_METRIC,
            Dimensions=[{"Name": "service", "Value": "jobs"}],
            StartTime=since,
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )
        if told["Datapoints"]:
            return {"seen": True}
        time.sleep(_LOOKS_EVERY)
    return {"seen": False}
