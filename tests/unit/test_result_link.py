"""The link to a result."""

from datetime import timedelta

import pytest

from faceswap.rules.errors import ConflictError, GoneError, NotFoundError
from faceswap.rules.job import Result
from faceswap.usecases.read_job import ReadJob
from faceswap.usecases.read_result import ReadResult
from tests.fakes import FakeJobs, FakeMedia
from tests.support.samples import JOB_ID, START, a_job

KEY = f"results/{JOB_ID}/1.mp4"


def read_result(media: FakeMedia, **changes: object) -> ReadResult:
    jobs = FakeJobs()
    jobs.create(a_job(**changes))
    return ReadResult(read_job=ReadJob(jobs=jobs), media=media, clock=lambda: START)


def test_a_link_lasts_an_hour_and_tells_what_it_leads_to() -> None:
    media = FakeMedia()
    media.objects[KEY] = b"abc"
    result = Result(key=KEY, size=3, sha256="s")

    link = read_result(media, status="succeeded", result=result).run(JOB_ID, "me")

    assert link.url == f"https://bucket.example/{KEY}?for=3600&by=GET"
    assert link.expires_at == START + timedelta(hours=1)
    assert (link.content_type, link.size, link.sha256) == ("video/mp4", 3, "s")


def test_where_there_is_no_result_there_is_no_link() -> None:
    result = Result(key=KEY, size=3, sha256="s")
    with pytest.raises(ConflictError, match="is failed"):
        read_result(FakeMedia(), status="failed").run(JOB_ID, "me")
    with pytest.raises(GoneError):
        read_result(FakeMedia(), status="succeeded", result=result).run(JOB_ID, "me")
    with pytest.raises(NotFoundError):
        read_result(FakeMedia(), status="succeeded", result=result).run(JOB_ID, "you")
