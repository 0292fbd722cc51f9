"""The stores on the emulator: races, repeats, and trouble that is not ours to swallow."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from faceswap.ports.media import UnreadableObjectError
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.store.media import S3_CONFIG, MediaStore
from faceswap.store.secrets import SecretStore
from tests.support.samples import an_upload
from tests.support.use_cases import UseCases
from tests.support.world import World


class AnswersLost:
    """A DynamoDB client whose every update is done, lost on the way back, and sent again."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def update_item(self, **request: Any) -> Any:
        self._client.update_item(**request)
        return self._client.update_item(**request)


def test_a_change_whose_answer_was_lost_counts_as_ours(use_cases: UseCases) -> None:
    job = use_cases.job()
    client: Any = AnswersLost(use_cases.world.aws("dynamodb"))
    jobs = JobStore(client, use_cases.table)

    moved = jobs.move(job, "submitting", use_cases.clock.now, submitted_at=use_cases.clock.now)

    assert moved is not None
    assert (moved.status, moved.version) == ("submitting", 2)


def test_a_number_beyond_the_table_s_is_left_out(use_cases: UseCases) -> None:
    job, now = use_cases.submitting(), use_cases.clock.now

    moved = use_cases.jobs.move(job, "processing", now, eta_seconds=1e-200, accepted_at=now)

    assert moved is not None
    assert (moved.status, moved.eta_seconds, moved.accepted_at) == ("processing", None, now)


def test_of_two_changes_of_one_version_only_the_first_is_made(use_cases: UseCases) -> None:
    job = use_cases.job()

    first = use_cases.jobs.move(job, "submitting", use_cases.clock.now)
    second = use_cases.jobs.move(job, "submitting", use_cases.clock.now)

    assert first is not None
    assert second is None
    assert use_cases.read(job).version == 2
    assert use_cases.jobs.note(job, fetch_failures=1) is None


def test_a_change_that_is_not_allowed_is_a_mistake_of_ours(use_cases: UseCases) -> None:
    with pytest.raises(ValueError, match="from queued to succeeded"):
        use_cases.jobs.move(use_cases.job(), "succeeded", use_cases.clock.now)


def test_an_id_that_is_taken_shows_who_has_it(use_cases: UseCases) -> None:
    job = use_cases.job()

    assert use_cases.jobs.create(job.model_copy(update={"owner": "you"})) == job
    assert use_cases.read(job).owner == "me"


def test_other_trouble_of_the_table_is_raised(use_cases: UseCases) -> None:
    jobs = JobStore(use_cases.world.aws("dynamodb"), "no-such-table")

    with pytest.raises(ClientError, match="ResourceNotFound"):
        jobs.create(use_cases.job())
    with pytest.raises(ClientError, match="ResourceNotFound"):
        jobs.move(use_cases.job(), "failed", use_cases.clock.now)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        jobs.wake("job_x")


def test_other_trouble_of_the_bucket_is_raised(world: World) -> None:
    denied = MediaStore(world.aws("s3"), "no-such-bucket")

    assert denied.find("x") is None
    with pytest.raises(ClientError, match="403"):
        MediaStore(_denied(), str(world.stack.media_bucket)).find("x")


def test_an_archive_that_the_bucket_refuses_midway_leaves_no_parts(world: World) -> None:
    s3, bucket = world.stack.client("s3"), str(world.stack.media_bucket)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "x"}}, "UploadPart")

    s3.meta.events.register("before-call.s3.UploadPart", refuse)
    with pytest.raises(ClientError, match="SlowDown"):
        MediaStore(s3, bucket).archive("results/x.mp4", BytesIO(bytes(20_000_000)), "video/mp4")

    uploads = s3.list_multipart_uploads(Bucket=bucket, Prefix="results/x.mp4").get("Uploads")
    s3.close()
    assert not uploads


def _denied() -> Any:
    """A client whose every answer is 403."""

    class Denied:
        def head_object(self, **_: object) -> None:
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")

    return Denied()


def test_waking_nobody_is_fine_and_other_trouble_is_raised(world: World) -> None:
    client = world.aws("stepfunctions")
    executions = ExecutionStore(client, str(world.stack.state_machine_arn))

    executions.wake(None)
    executions.wake("no-such-token")

    class Down:
        def send_task_success(self, **_: object) -> None:
            raise ClientError(
                {"Error": {"Code": "ThrottlingException", "Message": "x"}}, "SendTaskSuccess"
            )

        def describe_execution(self, **_: object) -> None:
            raise ClientError(
                {"Error": {"Code": "ThrottlingException", "Message": "x"}}, "Describe"
            )

    with pytest.raises(ClientError, match="Throttling"):
        ExecutionStore(Down(), "arn").wake("token")  # type: ignore[arg-type]
    with pytest.raises(ClientError, match="Throttling"):
        ExecutionStore(Down(), "arn").state("job_x")  # type: ignore[arg-type]


def test_an_execution_is_started_once_and_other_trouble_is_raised(world: World) -> None:
    client = world.aws("stepfunctions")
    job_id = "job_" + "s" * 26
    executions = ExecutionStore(client, str(world.stack.state_machine_arn))

    executions.start(job_id)
    executions.start(job_id)

    world.ended(job_id)
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        ExecutionStore(client, str(world.stack.state_machine_arn) + "-not").start("job_x")


def test_a_secret_is_kept_for_five_minutes(world: World) -> None:
    client = world.aws("secretsmanager")
    arn = client.create_secret(Name="use_cases", SecretString=" one\n")["ARN"]
    moments = iter([1000.0, 1100.0, 1301.0])
    secrets = SecretStore(client, lambda: next(moments))

    first = secrets.get(arn)
    client.put_secret_value(SecretId=arn, SecretString="two")

    assert (first, secrets.get(arn), secrets.get(arn)) == ("one", "one", "two")


def test_after_a_rotation_the_version_before_still_counts(world: World) -> None:
    client = world.aws("secretsmanager")
    arn = client.create_secret(Name="rotated", SecretString="one")["ARN"]
    now = [0.0]
    secrets = SecretStore(client, lambda: now[0])
    assert list(secrets.versions(arn)) == ["one"]

    client.put_secret_value(SecretId=arn, SecretString="two")
    assert list(secrets.versions(arn)) == ["one"]
    now[0] = 61
    assert list(secrets.versions(arn)) == ["one", "two", "one"]
    assert list(secrets.versions(arn)) == ["two", "one"]
    assert list(SecretStore(client).versions(arn)) == ["two", "one"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_uploads_are_signed_for_the_bucket_s_regional_host(region: str) -> None:
    import boto3

    s3 = boto3.client(
        "s3", region_name=region, config=S3_CONFIG, aws_access_key_id="a", aws_secret_access_key="b"
    )
    put = MediaStore(s3, "media").presign_upload(an_upload(), 60)
    link = MediaStore(s3, "media").presign_read("uploads/x.mp4", 60)
    s3.close()

    assert put.url.startswith(f"https://media.s3.{region}.amazonaws.com/uploads/")
    asked = parse_qs(urlsplit(put.url).query)
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-SignedHeaders"] == ["content-length;content-type;host;if-none-match"]
    assert set(put.headers) == {"Content-Type", "If-None-Match"}
    assert link.startswith(
        f"https://media.s3.{region}.amazonaws.com/uploads/x.mp4?X-Amz-Algorithm="
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidObjectState", "archived"),
        ("InvalidRequest", "encrypted"),
        ("AccessDenied", "is not authorized to perform: kms:Decrypt"),
    ],
)
def test_what_the_bucket_gives_to_nobody_is_told_apart_from_a_fault(
    code: str, message: str
) -> None:
    import boto3
    from botocore.stub import Stubber

    s3 = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    store = MediaStore(s3, "media")
    with Stubber(s3) as stubbed:
        stubbed.add_client_error("get_object", code, message, http_status_code=403)
        with pytest.raises(UnreadableObjectError):
            store.read("inbox/ann/a.job.json", "e", 10)
        for fault in ("SlowDown", "AccessDenied"):
            stubbed.add_client_error("get_object", fault, "of our own", http_status_code=503)
            with pytest.raises(ClientError):
                store.read("inbox/ann/a.job.json", "e", 10)
    s3.close()


def test_a_job_that_version_1_0_made_is_due_once_it_has_waited(use_cases: UseCases) -> None:
    job = use_cases.job()
    use_cases.world.aws("dynamodb").update_item(
        TableName=use_cases.table,
        Key={"pk": {"S": f"job#{job.job_id}"}},
        UpdateExpression="SET #open = :open",
        ExpressionAttributeNames={"#open": "open"},
        ExpressionAttributeValues={":open": {"S": "open"}},
    )

    assert job.due_at is not None
    assert list(use_cases.job_lists.due(job.due_at)) == [job.job_id]
