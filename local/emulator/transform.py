"""From a SAM template to CloudFormation, offline, as AWS itself would expand it."""

import copy
import json
import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.emulator.cycles import dependencies, find_cycle
from local.emulator.references import Json
from local.emulator.session import REGION, own_session

ARTIFACTS = "local-artifacts"

# It warns of figures about itself that it would send from within AWS.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)

_POLICIES = "arn:aws:iam::aws:policy"
_SERVICE_ROLE_POLICIES = (
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
)
_MANAGED_POLICIES = {
    **{name: f"{_POLICIES}/service-role/{name}" for name in _SERVICE_ROLE_POLICIES},
    **{
        name: f"{_POLICIES}/{name}"
        for name in ("AWSXrayWriteOnlyAccess", "AWSXRayDaemonWriteAccess")
    },
}
_LOCAL_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


class TemplateError(Exception):
    """The template cannot be transformed or deployed; the message says why."""


def load(path: Path) -> Json:
    """Read a YAML or JSON document, CloudFormation's short forms (`!Ref`) included."""
    document: Json = json.loads(_in_json(path.read_text(encoding="utf-8")))
    return document


@cache
def _in_json(text: str) -> str:
    """A document as JSON; kept, as reading YAML takes long and each stack asks for the same several times."""
    return json.dumps(yaml_parse(text))


def local_sources(template: Json, root: Path) -> dict[str, Path]:
    """Replace paths on this disk by objects of the artifact bucket; path of each resource.

    The object's key is the resource's name, so that the transformed template still tells
    which source a resource had.
    """
    sources = {}
    common = template.get("Globals", {}).get("Function", {}).get("CodeUri")
    for name, resource in template["Resources"].items():
        key = _LOCAL_PATHS.get(resource["Type"], "")
        path = resource.get("Properties", {}).get(key, common if key == "CodeUri" else None)
        if isinstance(path, str) and not path.startswith("s3://"):
            sources[name] = root / path
            resource["Properties"][key] = f"s3://{ARTIFACTS}/{name}"
    return sources


def transform(
    template: Json, parameters: Mapping[str, str | list[str]], region: str = REGION
) -> Json:
    """Expand a SAM template. Raises TemplateError for what SAM refuses and for a cycle."""
    translator = Translator(_MANAGED_POLICIES, Parser(), boto_session=own_session(region))
    try:
        expanded = translator.translate(copy.deepcopy(template), dict(parameters))
    except InvalidDocumentException as error:
        causes = "; ".join(str(cause.message) for cause in error.causes)
        raise TemplateError(f"{error.message} {causes}") from error
    result: Json = json.loads(json.dumps(expanded))
    cycle = find_cycle(dependencies(result))
    if cycle:
        raise TemplateError(f"dependency cycle: {' → '.join(cycle)}")
    return result
