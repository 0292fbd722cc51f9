"""What a deploy makes, keeps and leaves behind, read where SAM has expanded it."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.configurations import CONFIGURATIONS, EVERYTHING, everything, main, parameters
from local.emulator.references import referred
from local.emulator.transform import load, local_sources, transform
from tests.support.template.expanded import ROOT
from tests.support.template.settled import Stack

KEPT = {"AuditBucket", "UserPool", "JobsTable", "MediaBucket", "ReceiptSecret"}
README = (ROOT / "README.md").read_text()
# How IAM calls the service of each resource type.
PREFIXES = {
    "ApiGatewayV2": "apigateway",
    "Budgets": "budgets",
    "CloudFront": "cloudfront",
    "CloudWatch": "cloudwatch",
    "Cognito": "cognito-idp",
    "DynamoDB": "dynamodb",
    "Events": "events",
    "IAM": "iam",
    "KMS": "kms",
    "KinesisFirehose": "firehose",
    "Lambda": "lambda",
    "Pipes": "pipes",
    "Logs": "logs",
    "S3": "s3",
    "SNS": "sns",
    "SQS": "sqs",
    "SecretsManager": "secretsmanager",
    "StepFunctions": "states",
}


def settled(**given: str) -> dict[str, Any]:
    """The resources of a stack with these parameters."""
    template = load(ROOT / "template.yaml")
    local_sources(template, ROOT)
    declared = {n: str(p.get("Default", "")) for n, p in template["Parameters"].items()}
    values = declared | {"AllowedOrigins": "https://a.example"} | given
    return Stack(transform(template, values), "faceswap", values).resources()


def test_what_a_failed_first_deploy_made_is_taken_down_with_it(expanded: dict[str, Any]) -> None:
    kept = {name: each for name, each in expanded.items() if "UpdateReplacePolicy" in each}

    assert set(kept) == KEPT
    # A protected pool cannot be deleted: to try would only break the way back.
    assert kept["UserPool"]["Properties"]["DeletionProtection"] == "ACTIVE"
    assert kept.pop("UserPool")["DeletionPolicy"] == "Retain"
    assert all(each["DeletionPolicy"] == "RetainExceptOnCreate" for each in kept.values())
    assert all(each["UpdateReplacePolicy"] == "Retain" for each in kept.values())


def test_short_names_come_from_the_stacks_id() -> None:
    made = settled(JwtIssuer="", CallbackUrls="https://a.example")
    uuid = "51af3dc0-da77-11e4-872e-1234567db123"
    machine = f"faceswap-{uuid}"
    roles = json.dumps([made[f"{name}Role"] for name in ("JobsFunction", "ResultsFunction")])

    assert made["UserPoolDomain"]["Properties"]["Domain"] == f"faceswap-{uuid}"
    assert made["JobLifecycle"]["Properties"]["StateMachineName"] == machine
    for function in ("JobsFunction", "ResultsFunction"):
        variables = made[function]["Properties"]["Environment"]["Variables"]
        assert variables["STATE_MACHINE_ARN"].endswith(f":stateMachine:{machine}")
    assert roles.count(f":stateMachine:{machine}") == 4
    assert roles.count(f":execution:{machine}:*") == 1


def test_nothing_but_a_client_of_the_pool_is_let_in() -> None:
    def audience(**given: str) -> Any:
        made = settled(**given)
        schemes = made["HttpApi"]["Properties"]["Body"]["components"]["securitySchemes"]
        return schemes["Jwt"]["x-amazon-apigateway-authorizer"]["jwtConfiguration"]["audience"]

    assert len(audience(JwtIssuer="")) == 1
    assert len(audience(JwtIssuer="", MachineAccess="true")) == 2
    assert audience(JwtIssuer="https://i.example", JwtAudience="a") == ["a"]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({}, False),
        ({"MachineAccess": "true"}, True),
        ({"MachineAccess": "true", "JwtIssuer": "https://i.example"}, False),
    ],
)
def test_the_client_of_machines_is_made_where_it_is_asked_for(
    given: dict[str, str], made: bool
) -> None:
    template = load(ROOT / "template.yaml")

    assert template["Parameters"]["MachineAccess"]["Default"] == "false"
    assert ("MachineClient" in settled(**given)) is made
    assert (
        template["Outputs"]["MachineClientId"]["Condition"]
        == template["Resources"]["MachineClient"]["Condition"]
    )


def test_the_login_returns_to_addresses_of_its_own() -> None:
    client = settled(CallbackUrls="https://a.example/back")["AppClient"]["Properties"]

    assert client["CallbackURLs"] == client["LogoutURLs"] == "https://a.example/back"


def test_access_logs_lie_where_the_gateway_may_always_write(expanded: dict[str, Any]) -> None:
    """Below /aws/vendedlogs/ a group does not use up the account's resource policies."""
    group = expanded["AccessLogs"]["Properties"]["LogGroupName"]

    assert group["Fn::Sub"].startswith("/aws/vendedlogs/")
    assert "AWS::StackName" in set(referred(group))


@pytest.mark.parametrize("task", ["Submit", "Collect"])
def test_a_function_that_lambda_lost_is_called_again(task: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception."""
    definition = json.loads((ROOT / "statemachine/job_lifecycle.asl.json").read_text())
    (rule,) = definition["States"][task]["Retry"]

    assert set(rule["ErrorEquals"]) == {
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ServiceException",
        "Lambda.TooManyRequestsException",
    }


def test_the_readme_names_what_a_deployer_may_do(expanded: dict[str, Any]) -> None:
    services = {PREFIXES[each["Type"].split("::")[1]] for each in expanded.values()}

    assert {name for name in services if f"`{name}:" not in README} == set()


def test_every_optional_thing_is_transformed() -> None:
    """`make check` lints what comes out."""
    declared = load(ROOT / "template.yaml")["Parameters"]
    optional = {
        name
        for name, each in declared.items()
        if each.get("Default") in ("", "false", "None", "none")
    }

    assert optional - {"AllowLoopbackUrls", "JwtIssuer", "JwtAudience", "JwtScopePrefix"} <= set(
        everything()
    )
    assert {"MachineClient", "AlarmTopic", "UserPool"} <= set(settled(**everything()))


@pytest.fixture(scope="module")
def linted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what `make check` lints."""
    folder = tmp_path_factory.mktemp("transformed")
    assert main([str(ROOT / "template.yaml"), str(folder)]) == 0
    return folder


@pytest.mark.parametrize("name", [*CONFIGURATIONS, EVERYTHING])
def test_the_cors_block_is_whole_in_what_is_linted(name: str, linted: Path) -> None:
    """Without its parameters SAM leaves one reference in its place."""
    expanded = json.loads((linted / f"{name}.json").read_text())

    cors = expanded["Resources"]["HttpApi"]["Properties"]["Body"]["x-amazon-apigateway-cors"]
    origins = parameters(name)["AllowedOrigins"].split(",")
    assert cors["allowOrigins"] == origins
    lists = ("allowMethods", "allowHeaders", "exposeHeaders")
    assert all(isinstance(cors[each], list) and cors[each] for each in lists)
    assert isinstance(cors["maxAge"], int)
    assert expanded["Parameters"]["AllowedOrigins"]["Default"] == ",".join(origins)


def test_a_set_whose_uploads_would_be_erased_too_soon_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "template.yaml").read_text()
    short = text.replace("    Default: 9\n", "    Default: 7\n", 1)
    (tmp_path / "template.yaml").write_text(short)

    assert short != text
    assert main([str(tmp_path / "template.yaml"), str(tmp_path / "out")]) == 1
    assert "UploadRetentionDays is at least 9" in capsys.readouterr().err
