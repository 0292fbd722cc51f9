"""Faults between the functions and AWS: a proxy that breaks some of their calls."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.stack.files import free_ports
from tests.support.until import until

PROJECT = Path(__file__).resolve().parents[2]
_PYTHON = PROJECT / ".venvs/faults/bin/python"
_START_SECONDS = _STOP_SECONDS = 300.0
_COUNT = re.compile(r'microburst_faults_total\{service="(\w+)",.*action="([^"]+)"\} (\d+)')

_THROTTLES = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "s3": "SlowDown",
    "secretsmanager": "ThrottlingException",
    "stepfunctions": "ThrottlingException",
}
_ERRORS = {
    "dynamodb": "InternalServerError",
    "s3": "InternalError",
    "secretsmanager": "InternalServiceError",
    "stepfunctions": "InternalServerError",
}
SERVICE_VARIABLES = {
    "dynamodb": "AWS_ENDPOINT_URL_DYNAMODB",
    "s3": "AWS_ENDPOINT_URL_S3",
    "secretsmanager": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "stepfunctions": "AWS_ENDPOINT_URL_SFN",
}


def rules() -> list[dict[str, Any]]:
    """Of each service's calls: throttled, failed, slow, reset before they are made, and cut off after they were.

    The first rule that draws its number wins, so the shares of the later ones are a little smaller.
    """
    made: list[dict[str, Any]] = []
    for service in SERVICE_VARIABLES:
        shares: list[tuple[float, dict[str, Any]]] = [
            (0.12, {"error": {"code": _THROTTLES[service]}}),
            (0.10, {"error": {"code": _ERRORS[service], "status": 500}}),
            (0.10, {"latency": {"min": 50, "max": 300}}),
            (0.05, {"reset": True}),
            (0.05, {"response": {"abort_frac": 0.5}}),
        ]
        if service == "dynamodb":
            # Only DynamoDB sends a checksum by which the SDK notices that a body is too short.
            shares.append((0.03, {"response": {"truncate_frac": 0.5}}))
        made += [{"service": service, "probability": share, **fault} for share, fault in shares]
    return made


@dataclass(frozen=True)
class Faults:
    """A running proxy."""

    url: str
    http: httpx.Client

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads a function's calls through the proxy."""
        return dict.fromkeys(SERVICE_VARIABLES.values(), self.url)

    def let_loose(self, given: Sequence[Mapping[str, Any]]) -> None:
        """Break calls by these rules from now on; none lets every call pass."""
        assert self.http.post("/_microburst/rules", json=list(given)).is_success

    def counts(self) -> dict[str, int]:
        """How many calls were broken, by service and kind of fault."""
        found: dict[str, int] = {}
        for service, kind, number in _COUNT.findall(self.http.get("/_microburst/metrics").text):
            name = f"{service} {kind.partition(':')[0] if 'latency' in kind else kind}"
            found[name] = found.get(name, 0) + int(number)
        return found


@contextmanager
def faulty_aws(upstream: str, seed: int, log: Path) -> Iterator[Faults]:
    """A proxy before an AWS endpoint, on a free port of this machine; at first it lets every call pass."""
    (port,) = free_ports(1)
    program = Path(__file__).with_name("faults_proxy.py")
    command = [str(_PYTHON), str(program), str(seed), "--upstream", upstream, "--no-resign"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=output) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            with httpx.Client(base_url=url, timeout=10, trust_env=False) as http:
                until(lambda: _answers(http, process), seconds=_START_SECONDS)
                yield Faults(url, http)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _answers(http: httpx.Client, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "the proxy ended at its start"
    try:
        return http.get("/_microburst/health").is_success
    except httpx.TransportError:
        return False
