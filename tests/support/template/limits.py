"""AWS's limits of the names and texts that the template makes, each with the page that states it."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_CFN = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


class Limit(NamedTuple):
    """One property's longest value, what it may be made of, and where AWS says so."""

    kind: str
    path: str
    longest: int
    made_of: str
    page: str


_ANY = r"(?s).*"
_WORD = r"[\w\s+=,.@-]+"

LIMITS = (
    Limit("AWS::ApiGatewayV2::Api", "Body.info.title", 128, _ANY,
          "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html"),
    Limit("AWS::ApiGatewayV2::Api", "*.x-amazon-apigateway-authorizer.jwtConfiguration.issuer", 2048, _ANY,
          "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html"),
    Limit("AWS::ApiGatewayV2::Api", "Body.paths.*.*.security.*.Jwt.*", 64, _ANY,
          "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html"),
    Limit("AWS::ApiGatewayV2::Stage", "StageName", 128, r"\$default|[\w-]+",
          "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html"),
    Limit("AWS::CloudFront::Distribution", "DistributionConfig.Comment", 128, _ANY,
          f"{_CFN}/aws-properties-cloudfront-distribution-distributionconfig.html"),
    Limit("AWS::CloudFront::Distribution", "DistributionConfig.Origins.*.Id", 128, r"[\w-]+",
          f"{_CFN}/aws-properties-cloudfront-distribution-origin.html"),
    Limit("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name", 64, r"[\w-]+",
          f"{_CFN}/aws-properties-cloudfront-originaccesscontrol-originaccesscontrolconfig.html"),
    # No page states one for this name: it is held to the one above.
    Limit("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig.Name", 64, r"[\w-]+",
          f"{_CFN}/aws-properties-cloudfront-responseheaderspolicy-responseheaderspolicyconfig.html"),
    Limit("AWS::CloudFront::ResponseHeadersPolicy", "*ContentSecurityPolicy.ContentSecurityPolicy", 1783, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"),
    Limit("AWS::CloudWatch::Alarm", "AlarmDescription", 1024, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"),
    Limit("AWS::CloudWatch::Alarm", "Namespace", 255, r"[^:][\w./#: -]*",
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"),
    Limit("AWS::CloudWatch::Alarm", "MetricName", 255, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"),
    Limit("AWS::CloudWatch::Alarm", "Metrics.*.MetricStat.Metric.Namespace", 255, r"[^:][\w./#: -]*",
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html"),
    Limit("AWS::CloudWatch::Alarm", "Metrics.*.MetricStat.Metric.MetricName", 255, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html"),
    Limit("AWS::CloudWatch::Alarm", "*Dimensions.*.Name", 255, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html"),
    Limit("AWS::CloudWatch::Alarm", "Metrics.*.Expression", 2048, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"),
    Limit("AWS::CloudWatch::Alarm", "Metrics.*.Id", 255, r"[a-z]\w*",
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"),
    Limit("AWS::Cognito::UserPoolClient", "ClientName", 128, _WORD,
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html"),
    Limit("AWS::Cognito::UserPoolClient", "CallbackURLs.*", 1024, _ANY,
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html"),
    Limit("AWS::Cognito::UserPoolClient", "LogoutURLs.*", 1024, _ANY,
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html"),
    Limit("AWS::Cognito::UserPoolDomain", "Domain", 63, r"(?!.*(aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
          "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html"),
    Limit("AWS::Cognito::UserPoolResourceServer", "Name", 256, _WORD,
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html"),
    Limit("AWS::Cognito::UserPoolResourceServer", "Identifier", 256, r"[!#-\[\]-~]+",
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html"),
    Limit("AWS::Cognito::UserPoolResourceServer", "Scopes.*.ScopeName", 256, r"[!#-.0-\[\]-~]+",
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html"),
    Limit("AWS::Cognito::UserPoolResourceServer", "Scopes.*.ScopeDescription", 256, _ANY,
          "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerScopeType.html"),
    Limit("AWS::DynamoDB::Table", "GlobalSecondaryIndexes.*.IndexName", 255, r"[\w.-]{3,}",
          "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"),
    Limit("AWS::DynamoDB::Table", "*AttributeName", 255, _ANY,
          "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"),
    Limit("AWS::Events::Rule", "Description", 512, _ANY,
          "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"),
    Limit("AWS::Events::Rule", "Targets.*.Id", 64, r"[\w.-]+",
          "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html"),
    Limit("AWS::IAM::Role", "Policies.*.PolicyName", 128, r"[\w+=,.@-]+",
          "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html"),
    Limit("AWS::IAM::Role", "*Statement.*.Sid", 2048, r"[A-Za-z0-9]+",
          "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"),
    Limit("AWS::KMS::Key", "Description", 8192, _ANY,
          "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html"),
    Limit("AWS::KMS::Key", "KeyPolicy.Statement.*.Sid", 2048, r"[A-Za-z0-9]+",
          "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"),
    Limit("AWS::Events::EventBus", "Name", 256, r"[/.\-_A-Za-z0-9]+",
          "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html"),
    Limit("AWS::Events::EventBus", "Description", 512, _ANY,
          "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html"),
    Limit("AWS::Pipes::Pipe", "Description", 512, _ANY,
          "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html"),
    Limit("AWS::Lambda::Alias", "Name", 128, r"(?!^[0-9]+$)[\w-]+",
          "https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html"),
    Limit("AWS::Lambda::Function", "Description", 256, _ANY,
          "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"),
    Limit("AWS::Lambda::LayerVersion", "LayerName", 140, r"[\w-]+",
          "https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html"),
    Limit("AWS::Lambda::LayerVersion", "Description", 256, _ANY,
          "https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html"),
    Limit("AWS::Lambda::Version", "Description", 256, _ANY,
          "https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html"),
    Limit("AWS::Logs::LogGroup", "LogGroupName", 512, r"[\w./#-]+",
          "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"),
    Limit("AWS::Logs::MetricFilter", "LogGroupName", 512, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"),
    Limit("AWS::Logs::MetricFilter", "MetricTransformations.*.MetricName", 255, r"[^:*$]+",
          "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html"),
    Limit("AWS::S3::Bucket", "LifecycleConfiguration.Rules.*.Id", 255, _ANY,
          f"{_CFN}/aws-properties-s3-bucket-rule.html"),
    Limit("AWS::S3::BucketPolicy", "*Statement.*.Sid", 2048, r"[A-Za-z0-9]+",
          "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"),
    Limit("AWS::SNS::Topic", "Subscription.*.Endpoint", 320, _ANY,
          "https://www.rfc-editor.org/rfc/rfc3696#section-3"),
    Limit("AWS::SQS::QueuePolicy", "*Statement.*.Sid", 2048, r"[A-Za-z0-9]+",
          "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"),
    Limit("AWS::SecretsManager::Secret", "Description", 2048, _ANY,
          "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"),
    Limit("AWS::StepFunctions::StateMachine", "StateMachineName", 80, r"[\w-]+",
          "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"),
)  # fmt: skip

SIZES = (
    Limit("AWS::Lambda::Function", "Environment.Variables", 4096, _ANY,
          "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"),
    Limit("AWS::IAM::Role", "Policies", 10_240, _ANY,
          "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"),
    Limit("AWS::S3::BucketPolicy", "PolicyDocument", 20_480, _ANY,
          "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"),
    Limit("AWS::S3::Bucket", "CorsConfiguration", 65_536, _ANY,
          "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html"),
    Limit("AWS::ApiGatewayV2::Stage", "AccessLogSettings.Format", 3072, _ANY,
          "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"),
    Limit("AWS::CloudWatch::Dashboard", "DashboardBody", 1_048_576, _ANY,
          "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html"),
)  # fmt: skip
"""Whole parts whose size is bounded, as they are written in JSON."""

TEMPLATE = {
    "template's description": (1024, f"{_GUIDE}/template-description-structure.html"),
    "parameter's description": (4000, f"{_GUIDE}/parameters-section-structure.html"),
    "output's description": (1024, f"{_GUIDE}/outputs-section-structure.html"),
    "logical id": (255, f"{_GUIDE}/cloudformation-limits.html"),
    "parameters": (200, f"{_GUIDE}/cloudformation-limits.html"),
    "outputs": (200, f"{_GUIDE}/cloudformation-limits.html"),
    "resources": (500, f"{_GUIDE}/cloudformation-limits.html"),
    "template's bytes": (1_048_576, f"{_GUIDE}/cloudformation-limits.html"),
}
"""What CloudFormation itself bounds: lengths and numbers."""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each plain value with its path; the members of a list are `*`."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from leaves(inner, f"{path}.{name}" if path else str(name))
        case list():
            for inner in value:
                yield from leaves(inner, f"{path}.*")
        case _:
            yield path, value


def is_at(path: str, limit: Limit) -> bool:
    """Whether a path is the one that a limit is about; a `*` of the limit stands for anything."""
    pattern = ".*".join(map(re.escape, limit.path.split("*")))
    return re.fullmatch(pattern, path) is not None
