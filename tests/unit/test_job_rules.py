"""Status, ids, owners, keys, words, retry_limits."""

from datetime import datetime, timedelta

import pytest
from pydantic import BaseModel, ValidationError

from faceswap.rules import ids, media, retry_limits
from faceswap.rules.job import Evidence, Failure, Job, Result, essentials
from faceswap.rules.job_media import LinkedMedia, UploadedMedia
from faceswap.rules.owner import NoSubjectError, owner_of
from faceswap.rules.sanitize import sanitize
from faceswap.rules.status import FINAL, NEXT, OVERDUE, Status
from faceswap.rules.times import to_text
from faceswap.rules.uploads import Upload
from tests.support.samples import JOB_ID, START, a_job

UPLOAD = Upload(
    upload_id="upl_x",
    owner="me",
    purpose="init_image",
    content_type="image/png",
    size=5,
    key="uploads/upl_x.png",
    created_at=START,
    expires_at=START,
)


def test_final_statuses_lead_nowhere_and_every_other_one_can_end() -> None:
    for status, following in NEXT.items():
        if status in FINAL:
            assert not following
        else:
            assert {"failed", "cancelled"} <= following
            assert status in OVERDUE


@pytest.mark.parametrize(
    ("status", "following"),
    [
        ("awaiting_upload", {"queued", "failed", "cancelled"}),
        ("queued", {"submitting", "failed", "cancelled"}),
        ("submitting", {"queued", "processing", "succeeded", "failed", "cancelled"}),
        ("processing", {"succeeded", "failed", "cancelled"}),
        ("succeeded", set()),
        ("failed", set()),
        ("cancelled", set()),
    ],
)
def test_a_status_leads_to_these_and_to_no_other(status: Status, following: set[str]) -> None:
    assert NEXT[status] == following


def test_a_new_job_has_nothing_behind_it() -> None:
    job = a_job()

    assert (job.version, job.executions, job.output_format, job.watermark) == (1, 1, "mp4", True)
    counters = [name for name, kind in Job.model_fields.items() if kind.annotation is int]
    counted = set(counters) - {"version", "executions"}
    assert len(counted) == 9
    assert {name: getattr(job, name) for name in counted} == dict.fromkeys(counted, 0)
    assert (job.queue_tag, job.provider_done) == (None, False)
    assert Result(key="k", size=1, sha256="s").content_type == "video/mp4"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (a_job(), "status"),
        (a_job().consent, "statement"),
        (a_job().media["init_video"], "url"),
        (UPLOAD, "owner"),
    ],
)
def test_what_is_known_of_a_job_or_an_upload_is_not_changed_in_place(
    changed: BaseModel, field: str
) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(changed, field, "cancelled")


def test_only_submitting_goes_back() -> None:
    order = [
        "awaiting_upload",
        "queued",
        "submitting",
        "processing",
        "succeeded",
        "failed",
        "cancelled",
    ]
    backwards = {
        (start, end)
        for start, ends in NEXT.items()
        for end in ends
        if order.index(end) < order.index(start)
    }

    assert backwards == {("submitting", "queued")}


def test_ids_have_one_shape_and_keys_belong_to_an_owner() -> None:
    assert ids.is_upload_id(ids.upload_id(bytes(16)))
    assert ids.is_job_id(ids.job_id(bytes(range(16))))
    assert ids.is_job_id(ids.job_id_for_key("me", "k"))
    assert ids.job_id_for_key("me", "k") == ids.job_id_for_key("me", "k")
    assert ids.job_id_for_key("me", "k") != ids.job_id_for_key("you", "k")
    assert not ids.is_job_id("job_../../x")
    assert not ids.is_upload_id(ids.job_id(bytes(16)))


def test_a_track_id_is_a_positive_integer_that_json_can_hold() -> None:
    numbers = {ids.track_id(ids.job_id(bytes([n] * 16))) for n in range(50)}

    assert len(numbers) == 50
    assert all(1 <= number <= 2**53 - 1 for number in numbers)
    assert a_job().track_id == ids.track_id(JOB_ID)


@pytest.mark.parametrize("subject", ["ana", "a.b-c_9", "x" * 64, "X.X"])
def test_a_plain_subject_is_the_owner(subject: str) -> None:
    assert owner_of({"sub": subject, "iss": "i"}) == subject


def test_a_machine_client_is_an_owner_too() -> None:
    owner = owner_of({"client_id": "batch", "iss": "https://a.example"})

    assert owner.startswith("h-")
    assert owner != owner_of({"client_id": "batch", "iss": "https://b.example"})


def test_a_machine_and_a_person_of_the_same_name_are_two_owners() -> None:
    assert owner_of({"client_id": "batch"}) != owner_of({"sub": "batch"})
    assert owner_of({"client_id": "a/b"}) != owner_of({"sub": "a/b"})


@pytest.mark.parametrize("subject", ["auth0|5", "x" * 65, "a/b", "..", ".", "h-abc", "é"])
def test_any_other_subject_is_derived_and_depends_on_the_issuer(subject: str) -> None:
    owner = owner_of({"sub": subject, "iss": "https://a.example"})

    assert owner.startswith("h-")
    assert owner != owner_of({"sub": subject, "iss": "https://b.example"})
    assert len(owner) <= 64


def test_a_token_without_subject_speaks_for_nobody() -> None:
    with pytest.raises(NoSubjectError):
        owner_of({"iss": "i", "sub": ""})


def test_keys_tell_what_they_belong_to_and_no_owner() -> None:
    key = media.upload_key("upl_x", "init_video", "video/quicktime")

    assert key == "uploads/upl_x.mov"
    assert media.upload_of_key(key) == "upl_x"
    assert media.upload_of_key("results/job_x/1.mp4") is None
    assert media.upload_of_key("uploads/me/upl_x.mov") is None
    assert media.result_key(JOB_ID, "f00d") == f"results/{JOB_ID}/f00d.mp4"


@pytest.mark.parametrize(
    ("text", "sanitized"),
    [
        ("  a\n\tb  ", "a b"),
        ("x https:\\/\\/h.example\\/p?sig=1 y", "x [url] y"),
        ("data:video/mp4;base64,AAAA", "[url]"),
        ("\x1b[31mred\ud800", "[31mred"),
    ],
)
def test_foreign_words_are_tamed(text: str, sanitized: str) -> None:
    assert sanitize(text) == sanitized


def test_foreign_words_are_cut_between_characters() -> None:
    assert len(sanitize("é" * 2000).encode()) == 1024
    assert len(sanitize("a" + "é" * 2000).encode()) == 1023


def test_moments_are_written_in_one_way() -> None:
    assert to_text(START + timedelta(milliseconds=250)) == "2026-01-31T09:30:00.250Z"


def test_a_missing_request_is_believed_after_two_minutes() -> None:
    job = a_job(status="processing", accepted_at=START)

    assert not retry_limits.missing_is_final(job, START + timedelta(seconds=119))
    assert retry_limits.missing_is_final(job, START + timedelta(seconds=120))


def test_fetch_is_given_up_after_three_looks_and_some_time() -> None:
    job = a_job(fetch_failures=3, fetch_failing_since=START)

    def hopeless(seconds: int, deadline: int) -> bool:
        now = START + timedelta(seconds=seconds)
        return retry_limits.fetch_is_hopeless(job, now, timedelta(seconds=deadline))

    assert not hopeless(299, 21600)
    assert hopeless(300, 21600)
    assert hopeless(20, 60)
    assert not retry_limits.fetch_is_hopeless(
        a_job(fetch_failures=2, fetch_failing_since=START), START + timedelta(days=1), timedelta(0)
    )


def test_a_copy_is_given_up_after_ten_tries_and_ten_minutes() -> None:
    job = a_job(archive_failures=10, archive_failing_since=START)

    assert not retry_limits.copy_is_hopeless(job, START + timedelta(seconds=599))
    assert retry_limits.copy_is_hopeless(job, START + timedelta(seconds=600))
    assert not retry_limits.copy_is_hopeless(a_job(archive_failures=9), START + timedelta(days=1))


def test_the_id_that_a_message_told_is_found_wherever_it_came() -> None:
    told = {"at": START, "by": "webhook", "request_id": "298"}

    assert a_job().reported_request_id is None
    assert a_job(evidence_pending=told).reported_request_id == "298"
    assert a_job(evidence_succeeded=told).reported_request_id == "298"
    assert (
        a_job(
            evidence_succeeded={"at": START, "by": "webhook"}, evidence_failed=told
        ).reported_request_id
        == "298"
    )


def test_an_ended_job_keeps_its_id_and_neither_signed_links_nor_messages() -> None:
    told = {"at": START, "by": "webhook", "request_id": "298"}
    clean = {name: LinkedMedia(url=media.source) for name, media in a_job().media.items()}

    assert a_job(evidence_pending=told).final_fields == {
        "request_id": "298",
        "media": clean,
        "evidence_immediate": None,
        "evidence_succeeded": None,
        "evidence_failed": None,
        "evidence_pending": None,
        "provider_done": None,
    }
    assert clean["init_video"].url == "https://a.example/v.mp4"
    upload = UploadedMedia(key="uploads/upl_x.png")
    assert a_job(media={"init_image": upload}).final_fields["media"] == {"init_image": upload}
    assert upload.source == "upload:upl_x"


@pytest.mark.parametrize(
    ("accepted_at", "eta_seconds"), [(None, 30.0), (START, None), (None, None)]
)
def test_nothing_is_expected_where_the_provider_told_nothing(
    accepted_at: datetime | None, eta_seconds: float | None
) -> None:
    job = a_job(status="processing", accepted_at=accepted_at, eta_seconds=eta_seconds)

    assert job.eta is None


def test_a_message_without_an_id_is_nobody_s_own() -> None:
    told = {"at": START, "by": "webhook"}
    job = a_job(evidence_succeeded=told, evidence_failed=told)

    assert (job.own_success, job.own_failure) == (None, None)
    assert (a_job(request_id="298").own_success, a_job().own_failure) == (None, None)


def test_a_write_that_is_refused_for_its_content_can_do_without_these() -> None:
    failure = Failure(type="internal", detail="It failed.", upstream="words")
    told = Evidence(at=START, by="webhook", request_id="298", text="words")
    fields = {
        "eta_seconds": 5.0,
        "generation_time": 5.0,
        "evidence_immediate": told,
        "last_unread": "odd",
        "evidence_failed": told,
        "error": failure,
        "request_id": "298",
    }

    assert essentials(fields) == {
        "evidence_failed": Evidence(at=START, by="webhook", request_id="298"),
        "error": Failure(type="internal", detail="It failed."),
        "request_id": "298",
    }
