"""Clients of AWS, boto3's. They are made from one session, which knows the few services that are used here."""

from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Literal, overload

import botocore.session
from boto3.session import Session
from botocore.config import Config
from botocore.loaders import Loader

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient

SERVICES = ("dynamodb", "events", "s3", "secretsmanager", "sqs", "stepfunctions")
"""What is asked of AWS; the layer holds boto3's descriptions of no other services."""

_MOST_ATTEMPTS = 8
_SHORTEST_WAIT, _LONGEST_WAIT = 0.02, 0.6
"""Seconds before a call that met a transaction is made again: at most, the first time and however often."""
_random = SystemRandom().random


class _FewServices(Loader):
    """Knows which services are used here; botocore's own would look into the folders of all 440 first."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        return list(SERVICES)


@cache
def _session() -> Session:
    prepared = botocore.session.get_session()
    prepared.register_component("data_loader", _FewServices())
    return Session(botocore_session=prepared)


@overload
def client(service: Literal["dynamodb"], config: Config) -> "DynamoDBClient": ...
@overload
def client(service: Literal["events"], config: Config) -> "EventBridgeClient": ...
@overload
def client(service: Literal["s3"], config: Config) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"], config: Config) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["sqs"], config: Config) -> "SQSClient": ...
@overload
def client(service: Literal["stepfunctions"], config: Config) -> "SFNClient": ...
def client(service: str, config: Config) -> Any:
    """A client of one service, with the function's own credentials; all come from one session."""
    return _session().client(service, config=config)


def retry_conflicts(dynamodb: "DynamoDBClient") -> None:
    """Let calls that met somebody's transaction on the same item be made again, eight times in all.

    DynamoDB has done nothing of a call that it refuses so, and the SDK does not repeat it by itself.
    """
    handler: Any = _seconds_to_wait
    dynamodb.meta.events.register("needs-retry.dynamodb", handler)


def _seconds_to_wait(
    response: tuple[object, dict[str, Any]] | None, attempts: int, **_: object
) -> float | None:
    parsed = response[1] if response else {}
    if not _met_a_transaction(parsed) or attempts >= _MOST_ATTEMPTS:
        return None
    longest: float = min(_LONGEST_WAIT, _SHORTEST_WAIT * 2**attempts)
    return longest * (0.5 + _random() / 2)


def _met_a_transaction(parsed: dict[str, Any]) -> bool:
    code = parsed.get("Error", {}).get("Code")
    if code != "TransactionCanceledException":
        return bool(code == "TransactionConflictException")
    reasons = {reason.get("Code") for reason in parsed.get("CancellationReasons", [])}
    return reasons <= {"TransactionConflict", "None"}
