"""The link to an input: what the provider gets that follows it, for how long, and what nobody gets."""

import pytest

from faceswap.rules.errors import GoneError, NotFoundError
from faceswap.rules.job import Job
from faceswap.rules.job_media import InboxMedia, LinkedMedia, UploadedMedia
from faceswap.rules.links import input_token
from faceswap.rules.media import Purpose
from faceswap.usecases.link_input import Method
from tests.support.faked_use_cases import FakedUseCases
from tests.support.samples import JOB_ID, START, a_job

KEY = "uploads/upl_x.mp4"
MEDIA = a_job().media | {"init_video": UploadedMedia(key=KEY)}


def follow(
    use_cases: FakedUseCases,
    job_id: str,
    *,
    purpose: Purpose = "init_video",
    made_of: str = "secret",
    file_name: str = "init_video.mp4",
    method: Method = "GET",
) -> str:
    token = input_token(made_of, job_id, purpose)
    return use_cases.link_input.run(job_id, token, file_name, method)


@pytest.fixture
def job(use_cases: FakedUseCases) -> Job:
    """A job of an upload that was sent just now."""
    return use_cases.processing(media=MEDIA)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("secret", ["secret", "older"])
def test_an_input_is_linked_for_a_quarter_of_an_hour(
    use_cases: FakedUseCases, job: Job, secret: str, method: Method
) -> None:
    link = follow(use_cases, job.job_id, made_of=secret, method=method)

    assert link == f"https://bucket.example/{KEY}?for=900&by={method}"


def test_while_it_is_sent_its_input_is_linked_too(use_cases: FakedUseCases) -> None:
    assert KEY in follow(use_cases, use_cases.submitting(media=MEDIA).job_id)


def test_an_input_is_kept_open_for_a_while_after_the_submit(
    use_cases: FakedUseCases, job: Job
) -> None:
    use_cases.clock.forward(59)
    assert KEY in follow(use_cases, job.job_id)
    use_cases.clock.forward(1)

    with pytest.raises(GoneError):
        follow(use_cases, job.job_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"submitted_at": None},
        {"status": "failed", "closed_at": START},
        {"status": "cancelled", "erased_at": START},
    ],
    ids=["not sent", "closed", "erased"],
)
def test_of_a_job_that_needs_no_inputs_none_is_linked(
    use_cases: FakedUseCases, changes: dict[str, object]
) -> None:
    job = use_cases.processing(media=MEDIA, **changes)

    with pytest.raises(GoneError):
        follow(use_cases, job.job_id)


def test_of_a_job_that_is_forgotten_none_is_linked(use_cases: FakedUseCases) -> None:
    with pytest.raises(GoneError):
        follow(use_cases, JOB_ID)


@pytest.mark.parametrize(
    "asked",
    [
        {"made_of": "wrong"},
        {"purpose": "init_image"},
        {"file_name": "video.mp4"},
        {"job_id": "../x"},
    ],
    ids=str,
)
def test_nothing_is_read_before_the_token_fits(
    use_cases: FakedUseCases, job: Job, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases.jobs, "get", lambda _: pytest.fail("it was read"))

    with pytest.raises(NotFoundError):
        follow(use_cases, **({"job_id": job.job_id} | asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("purpose", "file_name"),
    [
        ("init_video", "init_video.mov"),
        ("init_video", "init_video"),
        ("init_image", "init_image.png"),
    ],
)
def test_what_is_no_stored_input_of_the_job_is_not_found(
    use_cases: FakedUseCases, job: Job, purpose: Purpose, file_name: str
) -> None:
    assert isinstance(job.media["init_image"], LinkedMedia)

    with pytest.raises(NotFoundError):
        follow(use_cases, job.job_id, purpose=purpose, file_name=file_name)


def test_a_file_of_the_inbox_is_linked_for_a_minute_while_it_is_the_one_that_was_sent(
    use_cases: FakedUseCases,
) -> None:
    key = "inbox/me/clip.mp4"
    use_cases.put(key, b"abcde")
    named = InboxMedia(key=key, sent=use_cases.media.find(key))
    job = use_cases.processing(media=MEDIA | {"init_video": named})

    assert follow(use_cases, job.job_id) == f"https://bucket.example/{key}?for=60&by=GET"
    use_cases.put(key, b"other")
    with pytest.raises(GoneError, match="was sent"):
        follow(use_cases, job.job_id)
