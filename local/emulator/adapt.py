"""The whole template in the form that the stock emulator honours.

A template goes in; out come the adapted one, the objects to upload, the steps left to do by API
call once the stack is deployed, and the pipes and mappings of queues to run beside it. Nothing here
talks to the emulator.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from local.emulator.bootstrap import Host, Packages, bootstrap_script, log_settings
from local.emulator.http_api import expand_http_api, pinned_api_id
from local.emulator.packages import archive, layer_paths, source_digest
from local.emulator.policies import allow_batches, free_task_answers, without_unknown_denials
from local.emulator.references import Json, Value, lift, referred, rewrite_refs
from local.emulator.state_machine import adapt_definition
from local.emulator.transform import ARTIFACTS, load, local_sources, transform

_NATIVE_RUNTIME = "provided.al2023"


class Step(NamedTuple):
    """One thing to finish by API call; the value may hold marks of `lift`."""

    kind: str
    logical_id: str
    value: Value


@dataclass
class Adapted:
    """Everything a deploy needs."""

    template: Json
    uploads: dict[str, bytes] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    pipes: Json = field(default_factory=dict)
    queue_mappings: Json = field(default_factory=dict)
    packages: Packages | None = None
    """Those of the first function; the others are forked, too, if they have the same."""

    @property
    def resources(self) -> Json:
        """The template's resources by logical id."""
        resources: Json = self.template["Resources"]
        return resources

    def upload(self, kind: str, data: bytes) -> str:
        """Keep an object for upload; its key in the artifact bucket."""
        key = f"{kind}/{hashlib.sha256(data).hexdigest()[:24]}"
        self.uploads[key] = data
        return key

    def finish_later(self, kind: str, logical_id: str, value: Value) -> None:
        """Add a step; intrinsics in its value become outputs of the stack."""
        self.steps.append(Step(kind, logical_id, lift(value, self.template["Outputs"])))


# What CloudFormation in the emulator drops, and is set by API call instead.
_DROPPED = (
    ("AWS::Lambda::Function", "ReservedConcurrentExecutions", "concurrency"),
    ("AWS::Lambda::Function", "DeadLetterConfig", "dead-letter"),
    ("AWS::DynamoDB::Table", "TimeToLiveSpecification", "ttl"),
    ("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification", "recovery"),
    ("AWS::S3::Bucket", "LifecycleConfiguration", "lifecycle"),
    ("AWS::S3::Bucket", "ObjectLockConfiguration", "object-lock"),
)


def adapt(path: Path, parameters: Mapping[str, str], stack_name: str, host: Host) -> Adapted:
    """Adapt a SAM template. Raises TemplateError and PackageError."""
    template = load(path)
    sources = local_sources(template, path.resolve().parent)
    adapted = Adapted(transform(template, parameters))
    adapted.template.setdefault("Outputs", {})
    _use_secret_arns(adapted)
    layers = _stub_layers(adapted, sources, host)
    for logical_id, resource in list(adapted.resources.items()):
        properties = resource.get("Properties", {})
        _leave_dropped(adapted, logical_id, resource)
        if resource["Type"] == "AWS::Lambda::Function":
            _run_from_source(adapted, properties, sources, layers, host)
        elif resource["Type"] == "AWS::StepFunctions::StateMachine":
            _upload_definition(adapted, properties, sources)
        elif resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in properties:
            _expand_api(adapted, logical_id, resource, stack_name)
        elif resource["Type"] in {"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"}:
            _admit_plain_http(adapted, logical_id, resource)
        elif resource["Type"] == "AWS::IAM::Role":
            free_task_answers(resource)
            allow_batches(resource)
        elif _is_not_emulated(resource):
            del adapted.resources[logical_id]
        elif resource["Type"] == "AWS::Pipes::Pipe":
            del adapted.resources[logical_id]
            adapted.pipes[logical_id] = lift(properties, adapted.template["Outputs"])
        elif _is_of_a_queue(adapted, resource):
            del adapted.resources[logical_id]
            adapted.queue_mappings[logical_id] = lift(properties, adapted.template["Outputs"])
    return adapted


def _is_of_a_queue(adapted: Adapted, resource: Json) -> bool:
    """Whether it is a mapping whose source is a queue of the template."""
    if resource["Type"] != "AWS::Lambda::EventSourceMapping":
        return False
    sources = referred(resource["Properties"]["EventSourceArn"])
    kinds = {adapted.resources.get(name, {}).get("Type") for name in sources}
    return "AWS::SQS::Queue" in kinds


def _is_not_emulated(resource: Json) -> bool:
    """Metric math and budgets; nothing refers to either."""
    has_math = "Metrics" in resource.get("Properties", {})
    return resource["Type"] == "AWS::Budgets::Budget" or (
        resource["Type"] == "AWS::CloudWatch::Alarm" and has_math
    )


def _leave_dropped(adapted: Adapted, logical_id: str, resource: Json) -> None:
    for kind, name, step in _DROPPED:
        if resource["Type"] == kind and name in resource.get("Properties", {}):
            adapted.finish_later(step, logical_id, resource["Properties"][name])


def _admit_plain_http(adapted: Adapted, logical_id: str, resource: Json) -> None:
    kept = without_unknown_denials(resource)
    if kept is None:
        del adapted.resources[logical_id]
    else:
        adapted.resources[logical_id] = kept


def _use_secret_arns(adapted: Adapted) -> None:
    """`Ref` of a secret is its ARN on AWS and its name in the emulator."""
    secrets = {
        name
        for name, resource in adapted.resources.items()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    }
    for part in ("Resources", "Outputs"):
        adapted.template[part] = rewrite_refs(adapted.template[part], secrets, "Id")


def _stub_layers(
    adapted: Adapted, sources: Mapping[str, Path], host: Host
) -> dict[str, list[Path]]:
    """Deploy each layer as a stub that names its content; the functions read it from this disk."""
    layers = {}
    for logical_id, resource in adapted.resources.items():
        if resource["Type"] != "AWS::Lambda::LayerVersion":
            continue
        source = sources.get(resource["Properties"]["Content"].get("S3Key", ""))
        if source is None:
            continue
        layers[logical_id] = layer_paths(source, host.cache, host.installer, host.python)
        stub = archive({"python/SOURCE": source_digest(source)})
        resource["Properties"]["Content"] = _location(adapted.upload("layer", stub))
    return layers


def _run_from_source(
    adapted: Adapted,
    properties: Json,
    sources: Mapping[str, Path],
    layers: Mapping[str, list[Path]],
    host: Host,
) -> None:
    code = sources.get(properties.get("Code", {}).get("S3Key", ""))
    if code is None or not str(properties.get("Runtime")).startswith("python"):
        return
    paths = [
        path for layer in properties.get("Layers", []) for path in layers.get(layer.get("Ref"), [])
    ]
    installed = [path for path in paths if path.is_relative_to(host.cache)]
    packages = Packages(properties["Runtime"], tuple(installed))
    adapted.packages = adapted.packages or packages
    if packages != adapted.packages:
        host = replace(host, fork_socket=None)
    script = bootstrap_script(properties, code.resolve(), paths, host)
    package = archive({"bootstrap": script, "SOURCE": source_digest(code)})
    properties["Code"] = _location(adapted.upload("code", package))
    properties["Runtime"] = _NATIVE_RUNTIME
    properties.pop("Architectures", None)
    # The emulator takes snapshots of its own Pythons only.
    properties.pop("SnapStart", None)
    variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
    variables.update(log_settings(properties))


def _upload_definition(adapted: Adapted, properties: Json, sources: Mapping[str, Path]) -> None:
    source = sources.get(properties.get("DefinitionS3Location", {}).get("Key", ""))
    if source is not None:
        definition = json.dumps(adapt_definition(load(source)))
        key = adapted.upload("definition", definition.encode())
        properties["DefinitionS3Location"] = {"Bucket": ARTIFACTS, "Key": key}


def _expand_api(adapted: Adapted, logical_id: str, resource: Json, stack_name: str) -> None:
    api_id = pinned_api_id(stack_name, logical_id)
    expanded = expand_http_api(logical_id, resource["Properties"], api_id)
    resource["Properties"] = expanded.properties
    adapted.resources.update(expanded.resources)
    adapted.finish_later("cors", logical_id, expanded.cors)


def _location(key: str) -> Json:
    return {"S3Bucket": ARTIFACTS, "S3Key": key}
