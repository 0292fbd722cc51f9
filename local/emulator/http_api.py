"""An HTTP API's OpenAPI body as resources of its own, because the emulator ignores the body."""

import hashlib
import json
from dataclasses import dataclass, field

from local.emulator.references import Json, Value
from local.emulator.transform import TemplateError

_INTEGRATION = "x-amazon-apigateway-integration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_CORS = "x-amazon-apigateway-cors"


@dataclass(frozen=True)
class ExpandedApi:
    """What an OpenAPI body becomes: resources, and the CORS rules to set by API call."""

    properties: Json
    resources: Json = field(default_factory=dict)
    cors: Json | None = None


def pinned_api_id(stack_name: str, logical_id: str) -> str:
    """The id that the emulator gives to the API, known before the deploy (8 hex digits)."""
    return _digest(f"{stack_name}/{logical_id}")


def expand_http_api(logical_id: str, properties: Json, api_id: str) -> ExpandedApi:
    """Expand one API. Raises TemplateError for an authorizer that is not JWT."""
    body = properties["Body"]
    kept = {
        key: value for key, value in properties.items() if key not in {"Body", "FailOnWarnings"}
    }
    kept |= {
        "Name": body.get("info", {}).get("title", logical_id),
        "ProtocolType": "HTTP",
        "Tags": {**kept.get("Tags", {}), "ms-custom-id": api_id},
    }
    resources, authorizers = _authorizers(logical_id, body)
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and _INTEGRATION in operation:
                name, integration = _integration(logical_id, operation[_INTEGRATION])
                resources[name] = integration
                key = _route_key(method, path)
                resources[f"{logical_id}Route{_digest(key)}"] = _route(
                    logical_id, key, name, _security(operation, authorizers)
                )
    cors = {key[0].upper() + key[1:]: value for key, value in body.get(_CORS, {}).items()}
    return ExpandedApi(kept, resources, cors or None)


def _authorizers(logical_id: str, body: Json) -> tuple[Json, dict[str, str]]:
    resources: Json = {}
    names = {}
    for name, scheme in body.get("components", {}).get("securitySchemes", {}).items():
        extension = scheme.get(_AUTHORIZER)
        if extension is None:
            continue
        if extension["type"] != "jwt":
            raise TemplateError(f"authorizer {name}: only JWT is adapted")
        source = extension.get("identitySource", "$request.header.Authorization")
        configuration = extension["jwtConfiguration"]
        names[name] = f"{logical_id}Authorizer{name}"
        resources[names[name]] = _resource(
            "Authorizer",
            ApiId={"Ref": logical_id},
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=source if isinstance(source, list) else [source],
            JwtConfiguration={
                "Issuer": configuration["issuer"],
                "Audience": configuration["audience"],
            },
        )
    return resources, names


def _integration(logical_id: str, extension: Json) -> tuple[str, Json]:
    name = f"{logical_id}Integration{_digest(json.dumps(extension, sort_keys=True))}"
    return name, _resource(
        "Integration",
        ApiId={"Ref": logical_id},
        IntegrationType="AWS_PROXY",
        IntegrationUri=extension["uri"],
        PayloadFormatVersion=str(extension.get("payloadFormatVersion", "2.0")),
    )


def _route_key(method: str, path: str) -> str:
    if path == "/$default":
        return "$default"
    return f"{'ANY' if method.startswith('x-') else method.upper()} {path}"


def _security(operation: Json, authorizers: dict[str, str]) -> Json:
    for requirement in operation.get("security", []):
        for name, scopes in requirement.items():
            if name in authorizers:
                return {
                    "AuthorizationType": "JWT",
                    "AuthorizerId": {"Ref": authorizers[name]},
                    "AuthorizationScopes": scopes or [],
                }
    return {}


def _route(logical_id: str, key: str, integration: str, security: Json) -> Json:
    target = {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]}
    return _resource("Route", ApiId={"Ref": logical_id}, RouteKey=key, Target=target, **security)


def _resource(kind: str, **properties: Value) -> Json:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
