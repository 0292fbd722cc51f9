"""The Collect task through HTTP, the bucket and the table: what is stored, and what the table refuses."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from faceswap.ports.jobs import RefusedContentError
from faceswap.store.jobs import JobStore
from tests.support.boxes import FTYP, MOOV, box
from tests.support.servers import Answer
from tests.support.use_cases import UseCases, success
from tests.support.world import VIDEO


class _Refusing:
    """DynamoDB, but for writes that set one field: it refuses them for their content."""

    def __init__(self, dynamodb: Any, field: str) -> None:
        self._dynamodb = dynamodb
        self._field = field

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dynamodb, name)

    def update_item(self, **request: Any) -> Any:
        if f":{self._field}" in request["ExpressionAttributeValues"]:
            raise ClientError({"Error": {"Code": "ValidationException"}}, "UpdateItem")
        return self._dynamodb.update_item(**request)


def refusing(use_cases: UseCases, field: str) -> UseCases:
    """The use_cases with a table that refuses what it is given for this field."""
    dynamodb: Any = _Refusing(use_cases.world.aws("dynamodb"), field)
    return replace(use_cases, jobs=JobStore(dynamodb, use_cases.table))


def test_a_finished_job_is_archived_checked_and_ended(use_cases: UseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    turn = use_cases.collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.version) == ("done", "succeeded", 2)
    assert after.result is not None
    assert use_cases.results(job) == [after.result.key]
    stored = use_cases.world.aws("s3").get_object(
        Bucket=use_cases.world.stack.media_bucket, Key=after.result.key
    )
    assert stored["Body"].read() == VIDEO
    assert stored["ContentType"] == "video/mp4"
    assert (stored["ContentDisposition"], stored["CacheControl"]) == ("attachment", "no-store")
    assert (after.generation_time, after.finished_at) == (9.5, use_cases.clock.now)
    use_cases.collect(job)
    assert [finished.job_id for finished in use_cases.finished] == [job.job_id]
    item = use_cases.item(job)
    assert "open" not in item
    assert "sig=1" not in str(item)


def test_what_the_table_refuses_of_an_answer_is_left_out(use_cases: UseCases) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    turn = refusing(use_cases, "generation_time").collect(job)

    after = use_cases.read(job)
    assert (turn.next, after.status, after.generation_time) == ("done", "succeeded", None)
    assert len(use_cases.results(job)) == 1


def test_a_final_write_that_the_table_refuses_for_good_is_raised_and_leaves_no_copy(
    use_cases: UseCases,
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()

    with pytest.raises(RefusedContentError):
        refusing(use_cases, "result").collect(job)

    assert use_cases.asked("r.mp4") == 1
    assert use_cases.results(job) == []
    assert use_cases.read(job).status == "processing"


def test_a_large_result_is_copied_in_parts_and_a_bad_one_leaves_no_part(
    use_cases: UseCases,
) -> None:
    large = FTYP + MOOV + box(b"mdat", bytes(20_000_000))
    use_cases.script.fetch, use_cases.script.file = (
        success(use_cases.link()),
        Answer(body=large[:-1]),
    )
    s3, bucket = use_cases.world.aws("s3"), use_cases.world.stack.media_bucket
    job = use_cases.processing()

    assert use_cases.collect(job).next == "wait"
    assert use_cases.results(job) == []
    assert not s3.list_multipart_uploads(Bucket=bucket, Prefix="results/").get("Uploads")
    use_cases.script.file = Answer(body=large)
    assert use_cases.collect(job).next == "done"

    head = s3.head_object(Bucket=bucket, Key=use_cases.results(job)[0])
    assert head["ContentLength"] == len(large)
    assert head["ETag"].endswith('-3"')
