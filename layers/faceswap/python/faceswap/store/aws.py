"""Clients of AWS, boto3's. They are made from one session, which knows the few services that are used here."""

from functools import cache
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
