"""List prices of AWS, us-east-1, arm64, on demand, without free tiers and discounts."""

from dataclasses import dataclass

DATE = "2026-11"
REGION = "us-east-1"

_API = "https://aws.amazon.com/api-gateway/pricing/"
_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_STATES = "https://aws.amazon.com/step-functions/pricing/"
_TABLE = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_BUCKET = "https://aws.amazon.com/s3/pricing/"
_BUS = "https://aws.amazon.com/eventbridge/pricing/"
_PIPE = "https://aws.amazon.com/eventbridge/pricing/#Pipes"
_QUEUE = "https://aws.amazon.com/sqs/pricing/"
_WATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_TRACES = "https://aws.amazon.com/xray/pricing/"
_KEYS = "https://aws.amazon.com/kms/pricing/"
_USERS = "https://aws.amazon.com/cognito/pricing/"
_SECRETS = "https://aws.amazon.com/secrets-manager/pricing/"


@dataclass(frozen=True)
class Price:
    """What a million units cost, in dollars, and where AWS says so."""

    name: str
    unit: str
    per_million: float
    source: str


PRICES = {
    price.name: price
    for price in (
        Price("transitions", "Step Functions transitions", 25.00, _STATES),
        Price("http", "API Gateway HTTP requests, up to 512 KB", 1.00, _API),
        Price("invocations", "Lambda invocations", 0.20, _LAMBDA),
        Price("gb_seconds", "Lambda GB-seconds, arm64", 13.3334, _LAMBDA),
        Price("writes", "DynamoDB write units, 1 KB", 0.625, _TABLE),
        Price("reads", "DynamoDB read units, 4 KB", 0.125, _TABLE),
        Price("s3_puts", "S3 PUT, POST, COPY, LIST requests", 5.00, _BUCKET),
        Price("s3_gets", "S3 GET, HEAD requests", 0.40, _BUCKET),
        Price("bucket_events", "EventBridge events of S3", 1.00, _BUS),
        Price("bus_events", "EventBridge events of our own, up to 64 KB", 1.00, _BUS),
        Price("pipe_requests", "EventBridge Pipes requests", 0.40, _PIPE),
        Price("queue_requests", "SQS requests", 0.40, _QUEUE),
        Price("log_kb", "CloudWatch Logs, KB taken in", 0.50, _WATCH),
        Price("traces", "X-Ray traces recorded", 5.00, _TRACES),
        Price("secret_reads", "Secrets Manager calls", 5.00, _SECRETS),
        Price("metric_months", "CloudWatch custom metrics, a month", 300_000.0, _WATCH),
        Price(
            "alarm_months", "CloudWatch metrics that an alarm looks at, a month", 100_000.0, _WATCH
        ),
        Price("dashboard_months", "CloudWatch dashboards, a month", 3_000_000.0, _WATCH),
        Price("secret_months", "Secrets, a month", 400_000.0, _SECRETS),
        Price("key_requests", "KMS requests", 3.00, _KEYS),
        Price("key_months", "KMS keys, a month", 1_000_000.0, _KEYS),
        Price("machine_months", "Cognito clients for machines, a month", 6_000_000.0, _USERS),
        Price("machine_tokens", "Cognito tokens for machines", 2_250.0, _USERS),
        Price("snapshot_months", "SnapStart snapshots, a GB and month", 3_900_000.0, _LAMBDA),
    )
}
