"""Creating a job out of uploads that will never land."""

import secrets
from datetime import timedelta

import pytest

from faceswap.contract.jobs import JobRequest
from faceswap.rules.errors import InvalidError
from faceswap.rules.uploads import Upload
from faceswap.store.uploads import UploadStore
from faceswap.usecases.create_job import Caller, CreateJob
from tests.support.use_cases import DEADLINES, UseCases
from tests.support.world import CONSENT


@pytest.mark.parametrize(("landed", "usable"), [(False, False), (True, True)])
def test_an_upload_that_expired_unused_cannot_be_waited_for(
    use_cases: UseCases, landed: bool, usable: bool
) -> None:
    uploads = UploadStore(use_cases.world.aws("dynamodb"), "lab-jobs")
    upload_id = "upl_" + secrets.choice("abcdefg") * 26
    record = Upload(
        upload_id=upload_id,
        owner="me",
        purpose="init_video",
        content_type="video/mp4",
        size=5,
        key=f"media/{upload_id}-{landed}.mp4",
        created_at=use_cases.clock.now - timedelta(hours=2),
        expires_at=use_cases.clock.now - timedelta(hours=1),
    )
    uploads.create(record, forget_at=use_cases.clock.now + timedelta(days=1))
    if landed:
        use_cases.world.aws("s3").put_object(
            Bucket=use_cases.world.stack.media_bucket, Key=record.key, Body=b"abc"
        )
    create_job = CreateJob(
        jobs=use_cases.jobs,
        uploads=uploads,
        media=use_cases.media,
        deadlines=DEADLINES,
        allow_loopback=False,
        clock=use_cases.clock,
        new_bytes=lambda: secrets.token_bytes(16),
    )
    body = {
        "init_video": f"upload:{upload_id}",
        "init_image": "https://a.example/i.png",
        "reference_image": "https://a.example/r.png",
        "consent": CONSENT,
    }

    def create() -> str:
        request = JobRequest.model_validate(body)
        return create_job.run(request, Caller(owner="me", subject="me"), None).job.status

    if usable:
        assert create() == "queued"
    else:
        with pytest.raises(InvalidError) as caught:
            create()
        assert [fault.pointer for fault in caught.value.faults] == ["#/init_video"]
