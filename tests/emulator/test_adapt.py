"""The adapted template, and the parts that it is made of."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.emulator.adapt import Adapted, Step, adapt
from local.emulator.bootstrap import Host, Packages, bootstrap_script
from local.emulator.finish import cors_rules, finish, lifecycle_rules
from local.emulator.http_api import expand_http_api, pinned_api_id
from local.emulator.packages import PackageError, archive, layer_paths, source_digest
from local.emulator.policies import allow_batches, free_task_answers, without_unknown_denials
from local.emulator.references import lift, own_outputs, rewrite_refs, settle
from local.emulator.transform import TemplateError
from tests.support.sampled import SAMPLE

HOST = Host(Path("/py"), Path("/uv"), Path("/cache"), hidden=["AUTH"])


@pytest.fixture(scope="module")
def adapted() -> Adapted:
    return adapt(SAMPLE, {"JwtIssuer": "http://i", "JwtAudience": "a"}, "stack", HOST)


def of_type(adapted: Adapted, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in adapted.resources.values() if each["Type"] == kind]


def test_routes_carry_their_authorizer_and_scopes(adapted: Adapted) -> None:
    routes = {
        each["RouteKey"]: (each.get("AuthorizationType"), each.get("AuthorizationScopes"))
        for each in of_type(adapted, "AWS::ApiGatewayV2::Route")
    }

    assert routes == {
        "GET /ready": (None, None),
        "GET /items/{id}": ("JWT", ["jobs.read"]),
        "POST /items": ("JWT", ["jobs.write"]),
    }


def test_the_apis_id_is_known_before_the_deploy(adapted: Adapted) -> None:
    (api,) = of_type(adapted, "AWS::ApiGatewayV2::Api")

    assert api["Tags"]["ms-custom-id"] == pinned_api_id("stack", "Api")
    assert "Body" not in api


def test_functions_run_natively_from_their_source(adapted: Adapted) -> None:
    (sample, _) = of_type(adapted, "AWS::Lambda::Function")

    with zipfile.ZipFile(io.BytesIO(adapted.uploads[sample["Code"]["S3Key"]])) as package:
        script = package.read("bootstrap").decode()
        mode = package.getinfo("bootstrap").external_attr >> 16

    assert sample["Runtime"] == "provided.al2023"
    assert "SnapStart" not in sample
    assert sample["Environment"]["Variables"]["AWS_LAMBDA_LOG_LEVEL"] == {"Ref": "LogLevel"}
    assert f"LAMBDA_TASK_ROOT={SAMPLE.parent / 'function'}" in script
    assert f"--layer={SAMPLE.parent / 'layer' / 'python'}" in script
    assert "unset AUTH" in script
    assert mode == 0o755


def test_pipes_are_run_beside_the_emulator(adapted: Adapted) -> None:
    pipes = settle(adapted.pipes, {name: name.lower() for name in adapted.template["Outputs"]})

    assert of_type(adapted, "AWS::Pipes::Pipe") == []
    assert set(pipes) == {"Announce"}
    assert pipes["Announce"]["Source"].startswith("adapted")


def test_mappings_of_queues_are_run_beside_the_emulator_and_those_of_streams_by_it(
    tmp_path: Path,
) -> None:
    host = Host(python=Path("/py"), installer=Path("/uv"), cache=tmp_path)
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "OfQueue": _mapping({"Fn::GetAtt": ["Queue", "Arn"]}),
        "OfStream": _mapping("arn:aws:dynamodb:eu-central-1:1:table/t/stream/s"),
    }
    template = tmp_path / "template.yaml"
    template.write_text(json.dumps({"Resources": resources}))

    adapted = adapt(template, {}, "stack", host)

    assert set(adapted.resources) == {"Queue", "OfStream"}
    outputs = {name: name.lower() for name in adapted.template["Outputs"]}
    [mapping] = settle(adapted.queue_mappings, outputs).values()
    assert mapping["EventSourceArn"].startswith("adapted")
    assert mapping["FunctionName"] == "f"


def _mapping(source: object) -> dict[str, Any]:
    properties = {"FunctionName": "f", "EventSourceArn": source}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def test_what_is_dropped_is_left_as_steps(adapted: Adapted) -> None:
    assert {(step.kind, step.logical_id) for step in adapted.steps} == {
        ("concurrency", "Narrow"),
        ("cors", "Api"),
        ("lifecycle", "Media"),
        ("recovery", "Items"),
        ("ttl", "Items"),
    }


def test_the_same_source_gives_the_same_uploads(adapted: Adapted) -> None:
    again = adapt(SAMPLE, {"JwtIssuer": "http://i", "JwtAudience": "a"}, "stack", HOST)

    assert again.uploads == adapted.uploads


def test_an_authorizer_that_is_no_jwt_is_refused() -> None:
    scheme = {"x-amazon-apigateway-authorizer": {"type": "request"}}
    body = {"components": {"securitySchemes": {"Own": scheme}}}

    with pytest.raises(TemplateError, match="authorizer Own"):
        expand_http_api("Api", {"Body": body}, "id")


def test_a_bootstrap_adds_variables_and_paths() -> None:
    host = Host(
        Path("/py"),
        Path("/uv"),
        Path("/cache"),
        extra_environment={"A": "b c"},
        extra_paths=[Path("/more")],
    )

    script = bootstrap_script({"Runtime": "python3.13"}, Path("/code"), [Path("/layer")], host)

    assert "export A='b c'\n" in script
    assert script.endswith("ric.py --layer=/layer --extra=/more\n")
    assert "unset" not in script


def test_functions_with_the_packages_of_the_first_are_forked(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    shutil.copytree(SAMPLE.parent, tmp_path, dirs_exist_ok=True)
    narrow = "      ReservedConcurrentExecutions: 1\n"
    host = replace(HOST, fork_socket=Path("/forks.sock"))

    def forked() -> list[bool]:
        adapted = adapt(template, {"JwtIssuer": "http://i", "JwtAudience": "a"}, "stack", host)
        assert adapted.packages == Packages("python3.13")
        scripts = []
        for each in of_type(adapted, "AWS::Lambda::Function"):
            with zipfile.ZipFile(io.BytesIO(adapted.uploads[each["Code"]["S3Key"]])) as package:
                scripts.append(package.read("bootstrap").decode())
        return ["fork_client.py /forks.sock " in script for script in scripts]

    assert forked() == [True, True]
    text = template.read_text()
    template.write_text(text.replace(narrow, narrow + "      Runtime: python3.12\n"))
    assert forked() == [True, False]


def test_secrets_are_referred_to_by_arn() -> None:
    given = {
        "a": {"Ref": "Key"},
        "b": {"Fn::Sub": "${Key} ${Other} ${Key.Id} ${!Key}"},
        "c": [{"Fn::Sub": ["${Key}${x}", {"x": {"Ref": "Key"}}]}, {"Ref": "Other"}],
    }

    arn = {"Fn::GetAtt": ["Key", "Id"]}
    assert rewrite_refs(given, {"Key"}, "Id") == {
        "a": arn,
        "b": {"Fn::Sub": "${Key.Id} ${Other} ${Key.Id} ${!Key}"},
        "c": [{"Fn::Sub": ["${Key.Id}${x}", {"x": arn}]}, {"Ref": "Other"}],
    }


def test_intrinsics_are_lifted_into_outputs_and_settled_again() -> None:
    outputs: dict[str, Any] = {"Own": {"Value": "x"}}

    lifted = lift({"days": {"Ref": "Days"}, "list": [1, {"Fn::Sub": "${A}"}]}, outputs)
    deployed = {name: f"value of {each['Value']}" for name, each in outputs.items()}

    assert settle(lifted, deployed) == {
        "days": "value of {'Ref': 'Days'}",
        "list": [1, "value of {'Fn::Sub': '${A}'}"],
    }
    assert own_outputs(deployed) == {"Own": "value of x"}


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({}, {}),
        ({"AllowOrigins": "", "AllowMethods": ["GET"]}, {}),
        (
            {"AllowOrigins": "a, b", "MaxAge": "60", "AllowCredentials": "true"},
            {"AllowOrigins": ["a", "b"], "MaxAge": 60, "AllowCredentials": True},
        ),
    ],
)
def test_cors_rules_are_those_of_the_api(given: dict[str, Any], rules: dict[str, Any]) -> None:
    assert cors_rules(given) == rules


def test_lifecycle_rules_are_those_of_the_api() -> None:
    given = {
        "Rules": [
            {
                "Status": "Enabled",
                "Prefix": "a/",
                "ExpirationInDays": "7",
                "NoncurrentVersionExpiration": {"NoncurrentDays": 2},
            },
            {
                "Id": "x",
                "Status": "Enabled",
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
            },
        ]
    }

    assert lifecycle_rules(given) == [
        {
            "ID": "rule0",
            "Status": "Enabled",
            "Filter": {"Prefix": "a/"},
            "Expiration": {"Days": 7},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 2},
        },
        {
            "ID": "x",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]


def test_an_archive_depends_on_its_content_only() -> None:
    assert archive({"a": "x"}) == archive({"a": "x"})
    assert archive({"a": "x"}) != archive({"a": "y"})


def test_compiled_files_do_not_change_a_digest(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1")
    before = source_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "app.pyc").write_text("compiled")

    assert source_digest(tmp_path) == before
    (tmp_path / "app.py").write_text("x = 2")
    assert source_digest(tmp_path) != before


def installer(folder: Path, body: str) -> Path:
    path = folder / "installer"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_a_layers_packages_are_installed_once(tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    (layer / "python").mkdir(parents=True)
    (layer / "requirements.txt").write_text("anything")
    put = 'while [ "$1" != --target ]; do shift; done; mkdir -p "$2"; echo once >> "$2/made"'
    program = installer(tmp_path, put)

    first = layer_paths(layer, tmp_path / "cache", program, Path("/py"))
    second = layer_paths(layer, tmp_path / "cache", program, Path("/py"))

    assert first == second
    assert first[1] == layer / "python"
    assert (first[0] / "made").read_text() == "once\n"
    assert [path.name for path in first[0].parent.iterdir()] == [first[0].name]


def test_a_layer_that_cannot_be_installed_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("anything")
    program = installer(tmp_path, "echo no such package >&2; exit 1")

    with pytest.raises(PackageError, match="no such package"):
        layer_paths(tmp_path, tmp_path / "cache", program, Path("/py"))

    assert list((tmp_path / "cache" / "layers").iterdir()) == []


TLS = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
OTHER = {"Effect": "Deny", "Action": "s3:DeleteBucket"}


def bucket_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Properties": {"Bucket": "b", "PolicyDocument": {"Statement": list(statements)}}}


def test_a_bucket_policy_loses_only_its_demand_of_tls() -> None:
    assert without_unknown_denials(bucket_policy(TLS, OTHER)) == bucket_policy(OTHER)
    assert without_unknown_denials(bucket_policy(TLS)) is None


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        ("states:SendTaskSuccess", "*"),
        (["states:SendTaskSuccess", "states:SendTaskFailure"], "*"),
        (["states:SendTaskSuccess", "states:StartExecution"], "machine"),
        ("s3:GetObject", "machine"),
    ],
)
def test_only_answers_to_tasks_are_freed(actions: object, resource: str) -> None:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "machine"}
    role = {"Properties": {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}}

    free_task_answers(role)

    assert statement["Resource"] == resource


@pytest.mark.parametrize(
    ("actions", "effect", "allowed"),
    [
        ("sqs:SendMessage", "Allow", ["sqs:SendMessage", "sqs:SendMessageBatch"]),
        (["a:b", "sqs:SendMessage"], "Allow", ["a:b", "sqs:SendMessage", "sqs:SendMessageBatch"]),
        ("sqs:ReceiveMessage", "Allow", "sqs:ReceiveMessage"),
        ("sqs:SendMessage", "Deny", "sqs:SendMessage"),
    ],
)
def test_who_may_send_one_message_may_send_many(
    actions: object, effect: str, allowed: object
) -> None:
    statement = {"Effect": effect, "Action": actions, "Resource": "queue"}
    role = {"Properties": {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}}

    allow_batches(role)

    assert statement["Action"] == allowed


def test_a_resource_whose_condition_does_not_hold_needs_no_finish() -> None:
    def nobody(service: str) -> Any:
        raise AssertionError(f"{service} is not asked")

    finish([Step("lifecycle", "AuditBucket", {"Rules": []})], {}, {}, nobody)


def test_an_object_lock_is_set_as_the_api_has_it() -> None:
    asked: list[dict[str, Any]] = []

    class Bucket:
        def put_object_lock_configuration(self, **fields: Any) -> None:
            asked.append(fields)

    retention = {"Mode": "COMPLIANCE", "Days": "30"}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    finish([Step("object-lock", "Kept", lock)], {}, {"Kept": "kept-1"}, lambda _service: Bucket())

    days = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    assert asked == [
        {
            "Bucket": "kept-1",
            "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": days},
        }
    ]
