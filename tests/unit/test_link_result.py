"""The lasting link to a result: for whoever has its token, as long as the result is kept."""

import pytest

from faceswap.container.jobs import JobsContainer
from faceswap.container.results import ResultsContainer
from faceswap.rules.errors import GoneError, NotFoundError
from faceswap.rules.job import Result
from faceswap.rules.links import result_token
from faceswap.settings import JobsSettings, ResultsSettings
from faceswap.usecases.link_result import LinkResult
from tests.fakes import FakeJobs, FakeMedia
from tests.support.environment import ENVIRONMENT
from tests.support.samples import JOB_ID, START, a_job

RESULT = Result(key=f"results/{JOB_ID}/1.mp4", size=3, sha256="s")


class Lab:
    def __init__(self) -> None:
        self.jobs, self.media = FakeJobs(), FakeMedia()
        self.jobs.create(a_job(status="succeeded", result=RESULT, closed_at=START))
        self.media.objects[RESULT.key] = b"abc"

    def follow(self, token: str | None = None, job_id: str = JOB_ID) -> str:
        link_result = LinkResult(
            jobs=self.jobs, media=self.media, secrets=lambda: iter(["new", "old"])
        )
        return link_result.run(job_id, token or result_token("new", JOB_ID), "GET")


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.mark.parametrize("secret", ["new", "old"])
def test_it_leads_to_a_fresh_link_also_after_the_secret_was_changed(lab: Lab, secret: str) -> None:
    link = lab.follow(result_token(secret, JOB_ID))

    assert link == f"https://bucket.example/{RESULT.key}?for=900&by=GET"


@pytest.mark.parametrize(
    ("token", "job_id"),
    [
        ("x", JOB_ID),
        (result_token("new", "job_" + "b" * 26), JOB_ID),
        (result_token("other", JOB_ID), JOB_ID),
        (result_token("new", "../x"), "../x"),
    ],
)
def test_nothing_is_read_before_the_token_fits(lab: Lab, token: str, job_id: str) -> None:
    lab.jobs.get = None  # type: ignore[method-assign,assignment]

    with pytest.raises(NotFoundError):
        lab.follow(token, job_id)


@pytest.mark.parametrize("status", ["queued", "processing", "failed", "cancelled"])
def test_where_there_is_no_result_there_is_nothing(lab: Lab, status: str) -> None:
    lab.jobs.now[JOB_ID] = a_job(status=status)

    with pytest.raises(NotFoundError):
        lab.follow()


def test_what_was_erased_forgotten_or_kept_too_long_is_gone(lab: Lab) -> None:
    lab.media.objects.clear()
    with pytest.raises(GoneError):
        lab.follow()
    lab.jobs.erase(lab.jobs.now[JOB_ID], START, "done")
    with pytest.raises(GoneError):
        lab.follow()
    lab.jobs.now.clear()
    with pytest.raises(GoneError):
        lab.follow()


class ByArn:
    """Secrets whose text is their ARN."""

    def get(self, arn: str) -> str:
        return arn


def test_links_that_last_are_made_and_taken_by_the_secret_that_is_never_rotated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arns = {"WEBHOOK_SECRET_ARN": "webhooks", "RECEIPT_SECRET_ARN": "receipts"}
    jobs = JobsContainer(JobsSettings.read(ENVIRONMENT | arns))
    of_results = {
        "MAX_RESULT_BYTES": "1",
        "CALLBACK_DEAD_LETTERS_URL": "q",
        "CALLBACK_RETRY_SECONDS": "1",
    }
    results = ResultsContainer(ResultsSettings.read(ENVIRONMENT | arns | of_results))
    for container in (jobs, results):
        for name, part in {"_secrets": ByArn(), "jobs": FakeJobs(), "media": FakeMedia()}.items():
            monkeypatch.setitem(vars(container), name, part)
        monkeypatch.setitem(vars(container), "callback_secrets", None)
        monkeypatch.setitem(vars(container), "inbox", None)

    makers = [results.post_callback._link_secret, results.answer_manifest._link_secret]

    assert {maker() for maker in makers} == {"receipts"}
    assert list(jobs.link_result._secrets()) == ["receipts"]
