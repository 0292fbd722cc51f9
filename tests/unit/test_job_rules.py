"""Status, ids, owners, keys, words, retry_limits."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from faceswap.rules import ids, media, retry_limits
from faceswap.rules.consent import (
    Consent,
    InputRecord,
    UploadRecord,
    UrlRecord,
    hmacs_of,
    receipt_of,
)
from faceswap.rules.job import (
    Callback,
    Evidence,
    Failure,
    Job,
    Result,
    VendorRequest,
    essentials,
)
from faceswap.rules.job_media import InboxMedia, LinkedMedia, Media, UploadedMedia
from faceswap.rules.owner import NoSubjectError, owner_of
from faceswap.rules.sanitize import sanitize
from faceswap.rules.status import FINAL, NEXT, OVERDUE, Status
from faceswap.rules.times import to_text
from faceswap.rules.uploads import StoredObject, Upload
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


def test_a_new_job_is_told_to_nobody_and_counted_nowhere() -> None:
    job = a_job()

    assert (job.callback, job.callback_is_cut, job.by_event) == ("none", False, False)
    assert (job.counted_open, job.counted_on) == (False, None)
    assert not Evidence(at=START, by="webhook").is_tracked
    assert VendorRequest(number=1).family == "faceswap"


@pytest.mark.parametrize(
    ("callback", "is_told"),
    [("none", False), ("event", False), ("url", True), ("outbox", True), ("vendor", True)],
)
def test_an_end_is_told_by_a_callback_unless_an_event_is_all(
    callback: Callback, is_told: bool
) -> None:
    assert a_job(callback=callback).has_callback is is_told


@pytest.mark.parametrize(
    ("counted", "from_the_start", "ever"),
    [
        ({}, False, False),
        ({"counted_on": START.date()}, True, True),
        ({"counted_open": True}, True, True),
        ({"price": Decimal("0.16")}, False, True),
    ],
)
def test_a_job_is_counted_where_a_limit_or_a_price_was_set(
    counted: dict[str, object], from_the_start: bool, ever: bool
) -> None:
    job = a_job(**counted)

    assert (job.counts_from_the_start, job.is_counted) == (from_the_start, ever)


@pytest.mark.parametrize(
    ("fields", "may_be_woken"),
    [
        ({}, True),
        ({"wakeup_count": 1}, True),
        ({"wakeup_count": 2}, False),
        ({"wakeup_count": 1, "poll_at": START}, False),
        ({"refused_at": START}, True),
        ({"refused_at": START, "wakeup_count": 1}, False),
        ({"refused_at": START, "poll_at": START}, False),
    ],
)
def test_who_waits_is_woken_twice_at_most_and_once_if_he_was_refused(
    fields: dict[str, object], may_be_woken: bool
) -> None:
    assert a_job(**fields).may_be_woken is may_be_woken


@pytest.mark.parametrize(
    ("status", "closed_at", "drains"),
    [
        ("processing", None, False),
        ("cancelled", None, True),
        ("failed", None, True),
        ("cancelled", START, False),
    ],
)
def test_a_job_drains_from_its_end_until_it_is_closed(
    status: Status, closed_at: datetime | None, drains: bool
) -> None:
    assert a_job(status=status, closed_at=closed_at).is_draining is drains


@pytest.mark.parametrize("status", NEXT)
def test_a_job_is_overdue_from_its_deadline_on_while_it_is_not_over(status: Status) -> None:
    job = a_job(status=status, deadline_at=START)

    assert not job.is_overdue(START - timedelta(milliseconds=1))
    assert job.is_overdue(START) is (status not in FINAL)


def test_what_was_said_on_our_own_connection_leaves_nothing_to_do_there() -> None:
    told = Evidence(at=START, by="submit", request_id="298")

    assert a_job(evidence_immediate=told).final_fields["provider_done"] is True


def test_inputs_are_told_by_where_they_lie() -> None:
    upload, file = UploadedMedia(key="uploads/upl_x.mp4"), InboxMedia(key="inbox/me/a/face.png")
    link = LinkedMedia(url="https://a.example/r.png?sig=1")
    job = a_job(media={"init_video": upload, "init_image": file, "reference_image": link})

    assert job.stored == {"init_video": upload, "init_image": file}
    assert job.uploads == {"init_video": upload}
    assert (upload.source, file.source, link.source) == (
        "upload:upl_x",
        "s3:a/face.png",
        "https://a.example/r.png",
    )


SENT = StoredObject(size=5, etag="e1")


@pytest.mark.parametrize(
    ("media", "record"),
    [
        (UploadedMedia(key="k"), None),
        (
            UploadedMedia(key="k", sent=StoredObject(size=5, etag="e1", sha256="c2hh")),
            UploadRecord(size=5, sha256="c2hh"),
        ),
        (InboxMedia(key="k", sent=SENT), UploadRecord(size=5, etag="e1")),
        (LinkedMedia(url="https://a.example/r.png"), None),
        (
            LinkedMedia(url="https://a.example/r.png", url_sha256="dXJs"),
            UrlRecord(url_sha256="dXJs"),
        ),
    ],
)
def test_what_was_sent_is_on_record_and_by_its_checksum_where_there_is_one(
    media: Media, record: InputRecord | None
) -> None:
    assert media.record == record


def test_a_receipt_is_of_what_was_sent_and_what_came_out() -> None:
    consent = Consent(statement="All agreed.", caller="me")
    hmacs = hmacs_of(consent, "secret")
    sent = UploadedMedia(key="k", sent=SENT)
    media = {"init_video": sent, "init_image": LinkedMedia(url="https://a.example/i.png")}

    assert a_job(consent=consent).consent_receipt is None
    receipt = a_job(consent=consent, consent_hmacs=hmacs, media=media).consent_receipt
    assert receipt == receipt_of(
        consent, START, hmacs, {"init_video": UploadRecord(size=5, etag="e1")}
    )
    done = a_job(status="succeeded", consent=consent, consent_hmacs=hmacs, media={}).consent_receipt
    assert done == receipt_of(consent, START, hmacs, {}, "s")
    erased = a_job(consent=None, erased_receipt=done)
    assert erased.consent_receipt == done
    assert a_job(consent=None, consent_hmacs=hmacs).consent_receipt is None


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


def test_the_provider_s_estimate_counts_from_when_it_took_the_job() -> None:
    told = {"accepted_at": START, "eta_seconds": 30.0}

    assert a_job(status="processing", **told).eta == START + timedelta(seconds=30)
    for over in ("queued", "succeeded", "cancelled"):
        assert a_job(status=over, **told).eta is None


def test_a_message_by_the_job_s_own_id_is_its_own() -> None:
    told, other = (Evidence(at=START, by="webhook", request_id=known) for known in ("298", "299"))
    job = a_job(request_id="298", evidence_succeeded=told, evidence_failed=other)

    assert (job.own_success, job.own_failure) == (told, None)


def test_the_first_message_about_the_job_s_own_request_is_kept() -> None:
    told, other = (Evidence(at=START, by="webhook", request_id=known) for known in ("298", "299"))

    def kept(job: Job, said: Evidence) -> bool:
        return bool(job.evidence_to_keep({"evidence_failed": said}))

    for known, is_news in ((None, True), (other, True), (told, False)):
        assert kept(a_job(request_id="298", evidence_failed=known), told) is is_news
        assert not kept(a_job(request_id="298", evidence_failed=known), other)


def test_before_its_request_is_known_the_first_message_that_names_the_job_is_kept() -> None:
    tracked = Evidence(at=START, by="webhook", request_id="298", is_tracked=True, text="words")
    untracked = tracked.model_copy(update={"is_tracked": False})

    assert a_job().evidence_to_keep({"evidence_failed": tracked}) == {"evidence_failed": tracked}
    assert a_job().evidence_to_keep({"evidence_failed": untracked}) == {}
    knowing = a_job(evidence_failed=tracked)
    assert knowing.evidence_to_keep({"evidence_failed": tracked}) == {}
    # Of a job that is over no words are kept.
    over = a_job(status="cancelled").evidence_to_keep({"evidence_failed": tracked})
    assert over == {"evidence_failed": tracked.model_copy(update={"text": None})}


@pytest.mark.parametrize(
    ("known", "has_heard"),
    [
        ({}, False),
        ({"heard": {"failed"}}, True),
        ({"heard": {"succeeded"}}, False),
        ({"evidence_failed": {"at": START, "by": "webhook", "request_id": "298"}}, True),
        ({"evidence_failed": {"at": START, "by": "webhook", "request_id": "299"}}, False),
        ({"evidence_succeeded": {"at": START, "by": "webhook", "request_id": "298"}}, False),
    ],
)
def test_what_was_heard_before_is_known(known: dict[str, object], has_heard: bool) -> None:
    said = Evidence(at=START, by="webhook", request_id="298")

    assert a_job(**known).has_heard("failed", {"evidence_failed": said}) is has_heard


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
