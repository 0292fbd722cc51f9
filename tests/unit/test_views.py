"""What clients see of a job and of an error, whole."""

from datetime import timedelta
from typing import get_args

import pytest
from pydantic import ValidationError

from faceswap.contract.jobs import JobRequest, view_of
from faceswap.contract.problems import PROBLEMS, meanings, problem_of
from faceswap.contract.uploads import PartNumbers, SignRequest, UploadRequest
from faceswap.rules.errors import (
    ConflictError,
    DomainError,
    Fault,
    GoneError,
    IdempotencyMismatchError,
    InvalidError,
    MalformedError,
    MediaTypeError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
    UnknownCallerError,
)
from faceswap.rules.job import Failure, Result
from faceswap.rules.status import ErrorType
from tests.support.samples import JOB_ID, START, a_job

JOB = {
    "init_video": "https://a.example/v.mp4",
    "init_image": "https://a.example/i.png",
    "reference_image": "https://a.example/r.png",
    "consent": {"attested": True, "statement": "All agreed."},
}
UPLOAD = {"purpose": "init_video", "content_type": "video/mp4", "size": 5}


def link(job_id: str) -> str:
    return f"https://api.example/{job_id}"


def test_a_job_is_shown_whole() -> None:
    job = a_job(
        status="succeeded",
        version=4,
        updated_at=START + timedelta(seconds=5),
        watermark=False,
        client_reference="mine",
        callback="url",
        callback_url="https://app.example.com/hook?key=1",
        request_id="298",
        generation_time=4.5,
        result=Result(key="results/x.mp4", size=9, sha256="s"),
    )

    assert view_of(job, link).model_dump(mode="json") == {
        "job_id": JOB_ID,
        "owner": "me",
        "version": 4,
        "status": "succeeded",
        "created_at": "2026-01-31T09:30:00.000Z",
        "updated_at": "2026-01-31T09:30:05.000Z",
        "eta": None,
        "init_video": "https://a.example/v.mp4",
        "init_image": "https://a.example/i.png",
        "reference_image": "https://a.example/r.png",
        "output_format": "mp4",
        "watermark": False,
        "client_reference": "mine",
        "callback": {"url": "https://app.example.com/hook"},
        "provider": {"name": "modelslab", "request_id": "298", "generation_time": 4.5},
        "result": {
            "content_type": "video/mp4",
            "size": 9,
            "sha256": "s",
            "link": f"https://api.example/{JOB_ID}",
        },
        "error": None,
        "notice": None,
        "consent_receipt": None,
        "cost": None,
    }


def test_an_estimate_from_outside_comes_first() -> None:
    job = a_job(status="processing", accepted_at=START, eta_seconds=30)

    assert view_of(job, link, START).root.eta == START


@pytest.mark.parametrize(
    ("status", "was_sent", "is_told"),
    [("cancelled", True, True), ("cancelled", False, False), ("failed", True, False)],
)
def test_who_cancels_what_was_sent_is_told_that_it_may_cost(
    status: str, was_sent: bool, is_told: bool
) -> None:
    error = Failure(type="internal", detail="x") if status == "failed" else None
    job = a_job(status=status, submitted_at=START if was_sent else None, error=error)

    notice = view_of(job, link).root.notice

    assert notice == (
        "The provider has no cancel: what it has accepted may still be billed." if is_told else None
    )


@pytest.mark.parametrize(
    ("status", "waits_for_budget", "is_told"),
    [("queued", True, True), ("queued", False, False), ("processing", True, False)],
)
def test_who_waits_for_the_budget_of_the_day_is_told(
    status: str, waits_for_budget: bool, is_told: bool
) -> None:
    job = a_job(status=status)

    notice = view_of(job, link, waits_for_budget=waits_for_budget).root.notice

    assert ("spent today" in str(notice)) is is_told
    assert view_of(job, link).root.notice is None


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_every_failure_has_a_type_and_a_title(kind: ErrorType) -> None:
    faults = (Fault(pointer="#/init_video", detail="This is a photo."),)
    failure = Failure(type=kind, detail="x", upstream="words", errors=faults)
    error = view_of(a_job(status="failed", error=failure), link).root.error

    assert error is not None
    assert (error.detail, error.upstream, error.errors) == ("x", "words", list(faults))
    assert error.type == f"/problems/{kind}"
    assert error.title[0].isupper()


@pytest.mark.parametrize(
    ("error", "status", "type_"),
    [
        (MalformedError("x"), 400, "/problems/malformed"),
        (UnknownCallerError("x"), 403, "about:blank"),
        (NotFoundError("x"), 404, "/problems/not-found"),
        (ConflictError("x"), 409, "/problems/conflict"),
        (GoneError("x"), 410, "/problems/gone"),
        (TooLargeError("x"), 413, "about:blank"),
        (MediaTypeError("x"), 415, "about:blank"),
        (InvalidError("x"), 422, "/problems/invalid"),
        (IdempotencyMismatchError("x"), 422, "/problems/idempotency-mismatch"),
        (UnavailableError("x"), 503, "about:blank"),
        (DomainError("x"), 500, "/problems/internal"),
    ],
)
def test_every_error_is_one_problem(error: DomainError, status: int, type_: str) -> None:
    problem = problem_of(error, "/requests/1")

    assert (problem.status, problem.type, problem.detail) == (status, type_, "x")
    assert (problem.instance, problem.errors) == ("/requests/1", None)
    assert problem.title[0].isupper()
    assert type_ in meanings()


def test_a_problem_tells_each_fault() -> None:
    fault = Fault(pointer="#/size", detail="is too large")

    assert problem_of(InvalidError("x", [fault]), "/requests/1").errors == [fault]
    *known, unforeseen = PROBLEMS
    assert [kind.status for kind in known] == sorted(kind.status for kind in known)
    assert (unforeseen.error, unforeseen.status) == (DomainError, 500)


@pytest.mark.parametrize(
    "change",
    [
        {"init_video": "h"},
        {"init_video": "h" * 8192},
        {"consent": {"attested": True, "statement": "x"}},
        {"consent": {"attested": True, "statement": "x" * 1000}},
        {"client_reference": "x" * 128},
        {"client_reference": None},
        {"watermark": False},
        {"output_format": "mp4"},
    ],
)
def test_a_job_may_be_so(change: dict[str, object]) -> None:
    assert JobRequest.model_validate(JOB | change).model_fields_set == (JOB | change).keys()


def test_a_job_has_its_defaults() -> None:
    request = JobRequest.model_validate(JOB)

    assert (request.output_format, request.watermark, request.client_reference) == (
        "mp4",
        True,
        None,
    )


@pytest.mark.parametrize("name", ["init_video", "init_image", "reference_image"])
def test_a_source_has_at_most_8192_characters(name: str) -> None:
    with pytest.raises(ValidationError, match="at most 8192"):
        JobRequest.model_validate(JOB | {name: "h" * 8193})


@pytest.mark.parametrize(
    ("change", "size", "content_type"),
    [
        ({"size": 1}, 1, "video/mp4"),
        ({"size": 5.0}, 5, "video/mp4"),
        ({"content_type": 'Video/MP4; codecs="avc1"'}, 5, "video/mp4"),
        ({"content_type": "x" * 100}, 5, "x" * 100),
        ({"sha256": "A" * 43 + "="}, 5, "video/mp4"),
    ],
)
def test_an_upload_may_be_so(change: dict[str, object], size: int, content_type: str) -> None:
    request = UploadRequest.model_validate(UPLOAD | change)

    assert (request.size, request.content_type) == (size, content_type)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": 5.5},
        {"size": True},
        {"content_type": "x" * 101},
        {"content_type": 5},
        {"sha256": "A" * 43},
        {"sha256": "A" * 44 + "="},
        {"sha256": " " + "A" * 43 + "="},
        {"purpose": "audio"},
        {"more": 1},
    ],
)
def test_an_upload_may_not_be_so(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UploadRequest.model_validate(UPLOAD | change)


@pytest.mark.parametrize("numbers", [["1"], [True], [1.5], [0], [10_001], [], [1] * 101])
def test_parts_are_named_by_their_numbers(numbers: list[object]) -> None:
    assert PartNumbers.model_validate({"numbers": [1, 2.0, 10_000]}).numbers == [1, 2, 10_000]
    with pytest.raises(ValidationError):
        PartNumbers.model_validate({"numbers": numbers})


def test_of_a_request_of_uppy_s_only_what_counts_is_read_and_that_literally() -> None:
    asked = {"method": "PUT", "uploadId": "u", "partNumber": 2.0, "key": "anything"}
    assert SignRequest.model_validate(asked).model_dump() == {
        "method": "PUT",
        "uploadId": "u",
        "partNumber": 2,
    }
    with pytest.raises(ValidationError):
        SignRequest.model_validate(asked | {"partNumber": "2"})
