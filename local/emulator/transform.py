"""From a SAM template to CloudFormation, offline, as AWS itself would expand it.

`python -m local.emulator.transform TEMPLATE OUT.json` writes the result for cfn-lint.
"""

import argparse
import copy
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from local.emulator.cycles import dependencies, find_cycle
from local.emulator.references import Json
from local.emulator.session import own_session

REGION = "us-east-1"
ARTIFACTS = "local-artifacts"

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
    document: Json = json.loads(json.dumps(yaml_parse(path.read_text(encoding="utf-8"))))
    return document


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


def transform(template: Json, parameters: Mapping[str, str], region: str = REGION) -> Json:
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


def main(arguments: list[str] | None = None) -> int:
    """Command line: 0 when the transformed template is written, 1 when it is refused."""
    parser = argparse.ArgumentParser(prog="local.emulator.transform", description=__doc__)
    parser.add_argument("template", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args(arguments)
    template = load(chosen.template)
    local_sources(template, chosen.template.parent)
    try:
        result = transform(template, {})
    except TemplateError as error:
        print(f"{chosen.template}: {error}", file=sys.stderr)
        return 1
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
