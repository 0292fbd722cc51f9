"""What clients see, and the settings that the functions read."""

import pytest
from pydantic import ValidationError

from faceswap.contract.jobs import JobRequest, view_of
from faceswap.contract.problems import problem_headers, problem_of
from faceswap.rules.errors import ConflictError, DomainError, InvalidError, TooLargeError
from faceswap.rules.job import Failure, Result
from faceswap.rules.job_media import LinkedMedia, UploadedMedia
from faceswap.rules.links import webhook_token, webhook_url
from faceswap.settings import JobsSettings, SettingsError
from tests.support.environment import ENVIRONMENT
from tests.support.samples import JOB_ID, START, a_job

BODY: dict[str, object] = {
    "init_video": "https://a.example/v.mp4",
    "init_image": "https://a.example/i.png",
    "reference_image": "https://a.example/r.png",
    "consent": {"attested": True, "statement": "All agreed."},
}


@pytest.mark.parametrize(
    "change",
    [
        {"consent": {"attested": 1, "statement": "x"}},
        {"consent": {"attested": False, "statement": "x"}},
        {"consent": {"attested": True, "statement": ""}},
        {"consent": {"attested": True, "statement": "x" * 1001}},
        {"watermark": "yes"},
        {"output_format": "gif"},
        {"client_reference": "x" * 129},
        {"init_video": ""},
        {"webhook": "https://x.example"},
    ],
)
def test_a_job_request_is_taken_literally(change: dict[str, object]) -> None:
    JobRequest.model_validate(BODY)

    with pytest.raises(ValidationError):
        JobRequest.model_validate(BODY | change)


def link(job_id: str) -> str:
    return f"https://api.example/{job_id}"


def test_a_job_is_shown_without_queries_keys_and_tokens() -> None:
    job = a_job(
        status="failed",
        task_token="secret-token",
        result=Result(key="results/x.mp4", size=9, sha256="s"),
        error=Failure(type="provider-failed", detail="It failed.", upstream="words"),
        media={
            "init_video": LinkedMedia(url="https://a.example/v.mp4?sig=1"),
            "init_image": UploadedMedia(key="uploads/upl_x.png"),
            "reference_image": LinkedMedia(url="https://a.example/r.png"),
        },
    )

    shown = view_of(job, link).model_dump(mode="json")

    assert shown["init_video"] == "https://a.example/v.mp4"
    assert shown["init_image"] == "upload:upl_x"
    assert shown["created_at"] == "2026-01-31T09:30:00.000Z"
    assert shown["error"]["type"] == "/problems/provider-failed"
    assert "secret-token" not in str(shown)
    assert "uploads/" not in str(shown)
    assert "results/" not in str(shown)


def test_an_estimate_is_shown_only_while_processing() -> None:
    job = a_job(status="processing", accepted_at=START, eta_seconds=30)

    assert view_of(job, link).model_dump(mode="json")["eta"] == "2026-01-31T09:30:30.000Z"
    assert view_of(job.model_copy(update={"status": "queued"}), link).root.eta is None


def test_a_problem_document_names_type_and_occurrence() -> None:
    assert problem_of(InvalidError("x"), "/requests/1").type == "/problems/invalid"
    assert problem_of(TooLargeError("x"), "/requests/1").type == "about:blank"
    assert problem_of(DomainError("x"), "/requests/1").status == 500


def test_a_problem_may_tell_when_to_ask_again() -> None:
    assert problem_headers(ConflictError("x")) == {}
    assert problem_headers(ConflictError("x", retry_after=7)) == {"Retry-After": "7"}


def test_the_webhook_url_fits_where_the_provider_keeps_it() -> None:
    base = "https://a1b2c3d4e5.execute-api.ap-southeast-2.amazonaws.com"

    url = webhook_url(base, JOB_ID, webhook_token("s" * 64, JOB_ID))

    assert len(url) <= 191
    assert url.startswith(f"{base}/v1/webhooks/modelslab/{JOB_ID}/")
    assert webhook_token("a", JOB_ID) != webhook_token("b", JOB_ID)


def test_settings_are_read_once_and_whole() -> None:
    settings = JobsSettings.read(ENVIRONMENT)

    assert settings.poll_limits == (15, 600)
    assert settings.deadlines == (1, 1, 60)
    assert settings.upload_limits == (1, 1)
    assert settings.allow_loopback_urls is False


def test_a_bad_setting_is_named_and_its_value_is_not() -> None:
    environment = {k: v for k, v in ENVIRONMENT.items() if k != "JOBS_TABLE"}

    with pytest.raises(SettingsError, match=r"JOBS_TABLE: .*; MAX_POLL_SECONDS: ") as caught:
        JobsSettings.read(environment | {"MAX_POLL_SECONDS": "hunter2"})

    assert "hunter2" not in str(caught.value)
