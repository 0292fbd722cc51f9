"""Clients of AWS with the rights of one role, and no more."""

from collections.abc import Callable
from typing import Any

import boto3

from tests.support.world import World


def assumed(world: World, arn: str) -> Callable[[str], Any]:
    """Makes clients of a service, with the credentials of a role."""
    answer = world.aws("sts").assume_role(RoleArn=arn, RoleSessionName="probe")
    given = answer["Credentials"]

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=world.stack.aws_endpoint_url,
            region_name=world.stack.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    return client
