"""Links to inputs: who may follow one, for how long, and what is read before the token is proven."""

from typing import Any

import pytest

from faceswap.rules.errors import GoneError, NotFoundError
from faceswap.rules.job import Job
from faceswap.rules.job_media import UploadedMedia
from faceswap.rules.links import input_token
from faceswap.rules.media import Purpose
from faceswap.usecases.link_input import METHODS, Method
from tests.support.samples import a_job
from tests.support.use_cases import UseCases

KEY = "media/upl_linked.mp4"
SECONDS = 60


def made(use_cases: UseCases, **changes: object) -> Job:
    """A job under way whose video is an upload and whose other media are addresses."""
    use_cases.world.aws("s3").put_object(
        Bucket=use_cases.world.stack.media_bucket, Key=KEY, Body=b"abc"
    )
    media = a_job().media | {"init_video": UploadedMedia(key=KEY)}
    return use_cases.processing(**({"media": media} | changes))


def follow(
    use_cases: UseCases,
    job: Job,
    *,
    purpose: Purpose = "init_video",
    file_name: str = "init_video.mp4",
    method: Method = "GET",
    made_of: str = "secret",
) -> str:
    token = input_token(made_of, job.job_id, purpose)
    return use_cases.link_input.run(job.job_id, token, file_name, method)


@pytest.mark.parametrize("status", ["submitting", "processing"])
def test_the_provider_reads_an_upload_by_both_methods(use_cases: UseCases, status: str) -> None:
    job = made(use_cases, status=status)

    for method in METHODS:
        answer = use_cases.world.http.request(method, follow(use_cases, job, method=method))
        assert (answer.status_code, answer.headers["content-length"]) == (200, "3")
        assert answer.content == (b"abc" if method == "GET" else b"")


def test_a_link_made_before_the_secret_was_rotated_still_counts(use_cases: UseCases) -> None:
    assert follow(use_cases, made(use_cases), made_of="older")


def test_a_link_lasts_from_the_submit_on_and_no_longer_than_it_is_told_to(
    use_cases: UseCases,
) -> None:
    job = made(use_cases)

    use_cases.clock.forward(SECONDS - 1)
    assert follow(use_cases, job)
    use_cases.clock.forward(1)
    with pytest.raises(GoneError):
        follow(use_cases, job)


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_once_the_job_is_over_its_inputs_are_closed(use_cases: UseCases, status: str) -> None:
    with pytest.raises(GoneError):
        follow(use_cases, made(use_cases, status=status, closed_at=use_cases.clock.now))


def test_while_the_provider_works_its_inputs_stay_open(use_cases: UseCases) -> None:
    assert follow(use_cases, made(use_cases, status="cancelled"))


def test_inputs_of_a_job_that_was_not_sent_erased_or_never_there_are_closed(
    use_cases: UseCases,
) -> None:
    erased = made(use_cases, status="failed")
    use_cases.delete_job.run(erased.job_id, "me")
    never = a_job(job_id="job_" + "z" * 26)

    for job in (made(use_cases, status="queued", submitted_at=None), erased, never):
        with pytest.raises(GoneError):
            follow(use_cases, job)


@pytest.mark.parametrize(
    ("purpose", "file_name"),
    [
        ("init_image", "init_image.png"),
        ("init_video", "init_video.mov"),
        ("init_video", "init_video"),
        ("init_video", "init_video.mp4.exe"),
    ],
)
def test_what_is_no_upload_or_has_another_name_is_not_there(
    use_cases: UseCases, purpose: Purpose, file_name: str
) -> None:
    with pytest.raises(NotFoundError):
        follow(use_cases, made(use_cases), purpose=purpose, file_name=file_name)


def test_before_the_token_is_proven_nothing_is_read(
    use_cases: UseCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = made(use_cases)
    monkeypatch.setattr(use_cases.jobs, "get", None)

    for case in (
        {"made_of": "wrong"},
        {"purpose": "init_image"},  # the token of another input
        {"file_name": "other.mp4"},
        {"file_name": ""},
    ):
        options: dict[str, Any] = case
        with pytest.raises(NotFoundError):
            follow(use_cases, job, **options)
    with pytest.raises(NotFoundError):
        follow(use_cases, a_job(job_id="../x"))
