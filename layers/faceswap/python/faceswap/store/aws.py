"""Clients of AWS. They are botocore's: boto3 would only add what is not used here."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_stepfunctions import SFNClient


class _FewServices(Loader):
    """Knows which services are used here; botocore's own would look into the folders of all 440 first."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        return ["dynamodb", "s3", "secretsmanager", "stepfunctions"]


@cache
def _session() -> Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", _FewServices())
    return session


@overload
def client(service: Literal["dynamodb"], config: Config) -> "DynamoDBClient": ...
@overload
def client(service: Literal["s3"], config: Config) -> "S3Client": ...
@overload
def client(service: Literal["secretsmanager"], config: Config) -> "SecretsManagerClient": ...
@overload
def client(service: Literal["stepfunctions"], config: Config) -> "SFNClient": ...
def client(service: str, config: Config) -> Any:
    """A client of one service, with the function's own credentials; all come from one session."""
    return _session().create_client(service, config=config)
