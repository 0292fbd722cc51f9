"""What the emulator's CloudFormation drops, set by API call after a deploy."""

from collections.abc import Callable, Iterable, Mapping

from local.emulator.adapt import Step
from local.emulator.aws import Client
from local.emulator.references import Json, Value, settle

MakeClient = Callable[[str], Client]


def finish(
    steps: Iterable[Step],
    outputs: Mapping[str, str],
    physical_ids: Mapping[str, str],
    make_client: MakeClient,
) -> None:
    """Take each step on its deployed resource; taking it again changes nothing.

    A resource whose condition does not hold is not there, and needs none.
    """
    for step in steps:
        if step.logical_id in physical_ids:
            value = settle(step.value, outputs)
            _STEPS[step.kind](make_client, physical_ids[step.logical_id], value)


def _concurrency(make_client: MakeClient, name: str, value: object) -> None:
    make_client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=int(str(value))
    )


def _dead_letter(make_client: MakeClient, name: str, value: Json) -> None:
    make_client("lambda").update_function_configuration(FunctionName=name, DeadLetterConfig=value)


def _ttl(make_client: MakeClient, name: str, value: Json) -> None:
    dynamodb = make_client("dynamodb")
    status = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if status["TimeToLiveStatus"] == "DISABLED" and _is_true(value["Enabled"]):
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"AttributeName": value["AttributeName"], "Enabled": True},
        )


def _recovery(make_client: MakeClient, name: str, value: Json) -> None:
    enabled = _is_true(value["PointInTimeRecoveryEnabled"])
    make_client("dynamodb").update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
    )


def _lifecycle(make_client: MakeClient, name: str, value: Json) -> None:
    make_client("s3").put_bucket_lifecycle_configuration(
        Bucket=name, LifecycleConfiguration={"Rules": lifecycle_rules(value)}
    )


def _object_lock(make_client: MakeClient, name: str, value: Json) -> None:
    kept = value["Rule"]["DefaultRetention"]
    rule = {"DefaultRetention": kept | {"Days": int(kept["Days"])}}
    make_client("s3").put_object_lock_configuration(
        Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )


def _cors(make_client: MakeClient, api_id: str, value: Json | None) -> None:
    gateway = make_client("apigatewayv2")
    wanted = cors_rules(value or {})
    if wanted:
        gateway.update_api(ApiId=api_id, CorsConfiguration=wanted)
    elif "CorsConfiguration" in gateway.get_api(ApiId=api_id):
        gateway.delete_cors_configuration(ApiId=api_id)


def cors_rules(configuration: Json) -> Json:
    """CORS rules as the API takes them; empty if no origin is allowed.

    A list parameter arrives as one string with commas.
    """
    rules: Json = {}
    for key, value in configuration.items():
        if (key.startswith("Allow") and key != "AllowCredentials") or key == "ExposeHeaders":
            listed = value.split(",") if isinstance(value, str) else value
            rules[key] = [item.strip() for item in listed if item.strip()]
        elif key == "MaxAge":
            rules[key] = int(value)
        else:
            rules[key] = _is_true(value)
    return rules if rules.get("AllowOrigins") else {}


def lifecycle_rules(configuration: Json) -> list[Json]:
    """A template's lifecycle rules in the form of the S3 API."""
    rules = []
    for number, rule in enumerate(configuration.get("Rules", [])):
        wanted: Json = {
            "ID": rule.get("Id", f"rule{number}"),
            "Status": rule["Status"],
            "Filter": {"Prefix": rule.get("Prefix", "")},
        }
        if "ExpirationInDays" in rule:
            wanted["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
        if "NoncurrentVersionExpiration" in rule:
            days = int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])
            wanted["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
        if "AbortIncompleteMultipartUpload" in rule:
            days = int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
            wanted["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
        rules.append(wanted)
    return rules


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


_STEPS: dict[str, Callable[[MakeClient, str, Value], None]] = {
    "concurrency": _concurrency,
    "dead-letter": _dead_letter,
    "ttl": _ttl,
    "recovery": _recovery,
    "lifecycle": _lifecycle,
    "object-lock": _object_lock,
    "cors": _cors,
}
