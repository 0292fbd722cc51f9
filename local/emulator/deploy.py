"""Deploys an adapted template to a running emulator, and finishes what CloudFormation drops."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from local.emulator.adapt import Adapted
from local.emulator.aws import Client
from local.emulator.finish import finish
from local.emulator.references import Json, own_outputs, settle
from local.emulator.transform import ARTIFACTS, TemplateError

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_DEPLOY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class DeployError(Exception):
    """The stack could not be created or updated; the message names the resources and reasons."""


@dataclass(frozen=True)
class Deployed:
    """A deployed stack: the template's outputs, and its pipes and mappings of queues with all references settled."""

    outputs: dict[str, str]
    pipes: Json
    queue_mappings: Json


def deploy(
    adapted: Adapted,
    stack_name: str,
    parameters: Mapping[str, str],
    make_client: Callable[[str], Client],
) -> Deployed:
    """Create the stack, or update it if it exists. Raises DeployError."""
    s3, cloudformation = make_client("s3"), make_client("cloudformation")
    s3.create_bucket(Bucket=ARTIFACTS)
    for key, data in adapted.uploads.items():
        s3.put_object(Bucket=ARTIFACTS, Key=key, Body=data)
    template = json.dumps(adapted.template).encode()
    s3.put_object(Bucket=ARTIFACTS, Key="template.json", Body=template)
    _submit(
        cloudformation, stack_name, parameters, f"{s3.meta.endpoint_url}/{ARTIFACTS}/template.json"
    )
    stack = _settled(cloudformation, stack_name)
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
    described = cloudformation.describe_stack_resources(StackName=stack_name)["StackResources"]
    physical_ids = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in described}
    finish(adapted.steps, outputs, physical_ids, make_client)
    return Deployed(
        own_outputs(outputs),
        settle(adapted.pipes, outputs),
        settle(adapted.queue_mappings, outputs),
    )


def _submit(
    cloudformation: Client, stack_name: str, parameters: Mapping[str, str], template_url: str
) -> None:
    request = {
        "StackName": stack_name,
        "TemplateURL": template_url,
        "Capabilities": _CAPABILITIES,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    }
    try:
        if _exists(cloudformation, stack_name):
            cloudformation.update_stack(**request)
        else:
            cloudformation.create_stack(**request)
    except ClientError as error:
        told = error.response.get("Error", {})
        if "No updates" in str(error):
            pass
        elif told.get("Code") == "ValidationError":  # a rule of the template, in its own words
            raise TemplateError(told.get("Message", "")) from error
        else:
            raise DeployError(str(error)) from error


def _exists(cloudformation: Client, stack_name: str) -> bool:
    try:
        cloudformation.describe_stacks(StackName=stack_name)
    except ClientError as error:
        if "does not exist" in str(error):
            return False
        raise
    return True


def _settled(cloudformation: Client, stack_name: str) -> Json:
    limit = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < limit:
        stack: Json = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
        status = stack["StackStatus"]
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return stack
        if not status.endswith("IN_PROGRESS"):
            raise DeployError(f"{status}: {_reasons(cloudformation, stack_name)}")
        time.sleep(_POLL_SECONDS)
    raise DeployError(f"the stack is not settled after {_DEPLOY_SECONDS:g} s")


def _reasons(cloudformation: Client, stack_name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]
    return "; ".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if "FAILED" in event["ResourceStatus"]
    )
