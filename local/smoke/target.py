"""The deployed stack that is tried: where its API is, and a token for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import httpx

VARIABLE = "SMOKE_TOKEN"
_SCOPES = "faceswap/jobs.read faceswap/jobs.write"


class SmokeError(Exception):
    """The stack cannot be tried; the message says why."""


@dataclass(frozen=True)
class Target:
    """A stack by its outputs and the parameters that it was deployed with. `token` has both scopes."""

    stack: str
    api_url: str
    token: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]


def find(stack: str, api_url: str | None) -> Target:
    """The stack of this name in the account and region of the environment.

    The token is that of the variable SMOKE_TOKEN; without it, the machine client of the stack's user pool gets one.

    Raises:
        SmokeError: there is no token to be had.
    """
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    given = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    token = os.environ.get(VARIABLE) or machine_token(outputs)
    return Target(stack, (api_url or outputs["ApiUrl"]).rstrip("/"), token, outputs, given)


def machine_token(outputs: Mapping[str, str]) -> str:
    """A token of the user pool's client for machines. Raises SmokeError where there is none."""
    if "UserPoolId" not in outputs:
        raise SmokeError(
            f"the stack has an issuer of its own: set {VARIABLE} to a token with both scopes"
        )
    if "MachineClientId" not in outputs:
        raise SmokeError(
            f"the stack has no client for machines: set {VARIABLE} to a token with both scopes,"
            " or deploy it with MachineAccess=true"
        )
    described: Any = boto3.client("cognito-idp").describe_user_pool_client(
        UserPoolId=outputs["UserPoolId"], ClientId=outputs["MachineClientId"]
    )
    client = described["UserPoolClient"]
    answer = httpx.post(
        f"{outputs['LoginUrl']}/oauth2/token",
        data={"grant_type": "client_credentials", "scope": _SCOPES},
        auth=(client["ClientId"], client["ClientSecret"]),
        timeout=30,
    )
    if not answer.is_success:
        raise SmokeError(f"Cognito gave no token: {answer.status_code} {answer.text[:200]}")
    token: str = answer.json()["access_token"]
    return token
