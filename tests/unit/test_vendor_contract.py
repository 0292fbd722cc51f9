"""The vendor's own contract at our door: its shapes and errors, keys, ids and what is promised besides."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

import public_address
import vendor_http
from faceswap.container.jobs import JobsContainer
from faceswap.ports.jobs import BusyError
from faceswap.rules.errors import ConflictError
from faceswap.rules.ids import LARGEST_NUMBER, job_id_for_key, job_id_for_number, number_for_key
from faceswap.rules.job import Failure, Job, Result
from faceswap.rules.keys import new_secret
from faceswap.rules.quotas import Quotas
from faceswap.rules.rates import Rate
from faceswap.rules.uploads import StoredObject
from faceswap.settings import JobsSettings
from faceswap.usecases.keep_rate import KeepRate
from tests.fakes import (
    FakeAdmission,
    FakeExecutions,
    FakeInbox,
    FakeJobs,
    FakeKeys,
    FakeMedia,
    FakeQueue,
    FakeRates,
    FakeRequests,
    FakeUploads,
)
from tests.support import provider_seed
from tests.support.creating import keep_quotas_on
from tests.support.environment import ENVIRONMENT
from tests.support.samples import SECRET, START, UPLOAD_ID, a_key, an_upload

OTHER_SECRET = new_secret(b"o" * 32)
URLS = {
    "init_video": "https://media.example.com/clip.mp4?sig=1",
    "init_image": "https://media.example.com/face.jpg",
    "reference_image": "https://media.example.com/person.jpg",
}
BODY: dict[str, Any] = {"key": SECRET, **URLS}
SWAP, FETCH = "specific_video_swap", "fetch/{id}"


class Door:
    """The routes on stores in memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs, self.keys, self.uploads = FakeJobs(), FakeKeys(), FakeUploads()
        self.keys.create(a_key())
        self.keys.create(a_key(OTHER_SECRET, owner="other"))
        self.container = JobsContainer(
            JobsSettings.read(ENVIRONMENT | {"PUBLIC_BASE_URL": "https://api.example/swap"})
        )
        parts: dict[str, object] = {
            "jobs": self.jobs,
            "keys": self.keys,
            "uploads": self.uploads,
            "media": FakeMedia(),
            "executions": FakeExecutions(),
            "inbox": FakeInbox(),
            "requests": FakeRequests(self.jobs, self.uploads),
            "admission": FakeAdmission(5),
            "queue": FakeQueue(self.jobs),
            "receipt_secret": lambda: "receipts",
        }
        for name, part in parts.items():
            monkeypatch.setitem(vars(self.container), name, part)
        for module in (vendor_http, public_address):
            monkeypatch.setattr(module, "jobs_container", lambda: self.container)

    def post(
        self,
        route: str,
        body: object,
        *,
        number: object = None,
        headers: Mapping[str, str] | None = None,
        family: str = "faceswap",
    ) -> dict[str, Any]:
        """The answer as Lambda gives it, its body read."""
        key = f"/api/v6/{family}/{route}"
        path = key.replace("{id}", str(number))
        event = {
            "version": "2.0",
            "routeKey": f"POST {key}",
            "rawPath": path,
            "headers": dict(headers or {}),
            "requestContext": {
                "requestId": "r-1",
                "domainName": "x",
                "stage": "$default",
                "http": {"method": "POST", "path": path},
            },
            "body": body if isinstance(body, str | None) else json.dumps(body),
            "isBase64Encoded": False,
        }
        if number is not None:
            event["pathParameters"] = {"id": str(number)}
        answer = vendor_http.post_vendor(event)
        assert answer["headers"]["Content-Type"] == "application/json"
        assert answer["headers"]["Cache-Control"] == "no-store"
        return {**answer, "body": json.loads(answer["body"])}

    def swap(self, **changes: Any) -> dict[str, Any]:
        """The body of the answer to a good request with these changes; None is sent as null."""
        answer = self.post(SWAP, BODY | changes)
        assert answer["statusCode"] == 200, answer
        body: dict[str, Any] = answer["body"]
        return body

    def fetch(self, number: object, **options: Any) -> dict[str, Any]:
        answer = self.post(FETCH, {"key": SECRET}, number=number, **options)
        assert answer["statusCode"] == 200, answer
        body: dict[str, Any] = answer["body"]
        return body

    def job(self, number: int) -> Job:
        return self.jobs.now[job_id_for_number("me", number)]

    def change(self, number: int, **fields: object) -> None:
        job = self.job(number)
        self.jobs.now[job.job_id] = job.model_copy(update=fields)


def test_a_limit_is_told_in_the_vendors_shape(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    quotas = Quotas(jobs_a_day=1)
    keep = keep_quotas_on(door.jobs, door.uploads, quotas)
    monkeypatch.setitem(vars(door.container), "keep_quotas", keep)
    headers = {"Idempotency-Key": "k"}
    assert door.post(SWAP, BODY, headers=headers)["statusCode"] == 200

    refused = door.post(SWAP, BODY)

    assert refused["statusCode"] == 429
    assert refused["body"]["status"] == "error"
    assert "no more than 1 jobs may be made a day" in refused["body"]["message"]
    assert 0 < refused["body"]["retry_after"] <= 86_400
    assert door.post(SWAP, BODY, headers=headers)["statusCode"] == 200
    assert len(door.jobs.now) == 1


def test_who_could_not_be_counted_for_now_is_asked_to_come_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise BusyError

    monkeypatch.setattr(door.jobs, "create", busy)

    refused = door.post(SWAP, BODY)

    assert (refused["statusCode"], refused["body"]["retry_after"]) == (429, 1)
    assert refused["body"]["message"].endswith("Try again.")


def test_a_rate_is_kept_for_the_keys_owner_before_the_request_is_read(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = KeepRate(rates=FakeRates(Rate(1)), refused=lambda: None, clock=lambda: START)
    monkeypatch.setitem(vars(door.container), "keep_rate", keep)
    assert door.post(SWAP, BODY)["statusCode"] == 200

    refused = door.post(SWAP, {"key": SECRET})

    assert (refused["statusCode"], refused["body"]["retry_after"]) == (429, 60)
    assert door.post(SWAP, BODY | {"key": OTHER_SECRET})["statusCode"] == 200


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(monkeypatch)


def test_a_request_makes_an_ordinary_job_of_the_key_s_owner(door: Door) -> None:
    door.keys.create(a_key(terms="v3", subject="Ann"))
    told = door.swap(webhook="https://app.example.com/hook?k=1", track_id=900001, watermark=False)

    provider_seed.check("ProcessingVideoFaceSwapResponse", told)
    job = door.job(told["id"])
    assert (job.owner, job.status, job.watermark) == ("me", "queued", False)
    assert (job.client_reference, job.callback) == ("track_id:900001", "vendor")
    assert job.callback_url == "https://app.example.com/hook?k=1"
    assert job.consent is not None
    assert (job.consent.statement, job.consent.caller) == ("All agreed.", "me")
    assert (job.consent.terms, job.consent.subject) == ("v3", "Ann")
    assert job.consent.token_id == a_key().key_id
    [link] = told["future_links"]
    assert link.startswith(f"https://api.example/swap/v1/results/{job.job_id}/")
    assert told["fetch_result"] == f"https://api.example/swap/api/v6/faceswap/fetch/{told['id']}"
    assert told["meta"] == {
        "file_prefix": job.job_id,
        "outdir": "results/",
        "output_format": "mp4",
        "reference_image": URLS["reference_image"],
        "seed": 0,
        "source_image": URLS["init_image"],
        "target_video_url": "https://media.example.com/clip.mp4",
        "watermark": "no",
        "watermark_image": None,
        "webhook": "https://app.example.com/hook",
        "track_id": "900001",
        "output": [link],
    }


def test_what_is_left_out_or_null_has_the_documented_defaults(door: Door) -> None:
    nulls = dict.fromkeys(["output_format", "watermark", "webhook", "track_id"])

    for told in (door.swap(), door.swap(**nulls), door.swap(webhook="", track_id="")):
        job = door.job(told["id"])
        assert (job.output_format, job.watermark, job.callback) == ("mp4", True, "none")
        assert (job.callback_url, job.client_reference) == (None, None)
        assert told["meta"]["watermark"] == "yes"


def test_blanks_around_urls_and_unknown_fields_are_taken(door: Door) -> None:
    told = door.swap(init_image=" https://a.example/i.png\n", webhook=" https://a.example/h ", x=1)

    job = door.job(told["id"])
    assert job.media["init_image"].source == "https://a.example/i.png"
    assert job.callback_url == "https://a.example/h"


def test_the_consent_of_the_key_stands_for_each_job_with_all_its_words(door: Door) -> None:
    secret = new_secret(b"w" * 32)
    words = {"statement": "They agreed.", "terms": "terms 7", "subject": "Ana", "caller": "ops"}
    door.keys.create(a_key(secret, **words))

    number = door.post(SWAP, BODY | {"key": secret})["body"]["id"]

    consent = door.job(number).consent
    assert consent is not None
    assert words.items() <= consent.model_dump().items()


@pytest.mark.parametrize(
    "track_id", [0, 900001, "900001", 2**53, -1, "-5", 2**63 - 1, "9" * 38, 10**38 - 1]
)
def test_a_track_id_is_kept_as_it_was_sent(door: Door, track_id: object) -> None:
    told = door.swap(track_id=track_id)

    vendor = door.job(told["id"]).vendor
    assert vendor is not None
    assert (vendor.track_id, type(vendor.track_id)) == (track_id, type(track_id))
    assert told["meta"]["track_id"] == str(track_id)


def test_blanks_around_a_track_id_are_dropped(door: Door) -> None:
    assert door.swap(track_id=" 42 ")["meta"]["track_id"] == "42"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"init_video": None}, "init_video"),
        ({"init_image": ""}, "init_image"),
        ({"init_image": "http://a.example/i.png"}, "init_image"),
        ({"reference_image": "https://127.0.0.1/i.png"}, "reference_image"),
        ({"init_video": "upload:upl_" + "a" * 26}, "init_video"),
        ({"init_video": "https://a.example/" + "a" * 9000}, "init_video"),
        ({"output_format": "gif"}, "output_format"),
        ({"watermark": "perhaps"}, "watermark"),
        ({"webhook": "https://10.0.0.1/"}, "webhook"),
        ({"webhook": "https://a.example/" + "a" * 2000}, "webhook"),
        ({"track_id": "abc"}, "track_id"),
        ({"track_id": True}, "track_id"),
        ({"track_id": 1.5}, "track_id"),
        ({"track_id": 10**38}, "track_id"),
        ({"track_id": 10**400}, "track_id"),
        ({"track_id": "\ud800"}, "track_id"),
    ],
)
def test_a_fault_is_told_with_the_field_s_name_and_nothing_is_stored(
    door: Door, change: dict[str, Any], name: str
) -> None:
    answer = door.post(SWAP, BODY | change)

    assert answer["statusCode"] == 400
    provider_seed.check("Error", answer["body"])
    message = answer["body"]["message"]
    assert message.startswith(f"{name}: ")
    assert message.count(": ") == 1
    assert set(answer["body"]) == {"status", "message"}
    assert door.jobs.now == {}


def test_an_upload_is_no_address_even_if_it_is_there(door: Door) -> None:
    door.uploads.create(an_upload(landed=StoredObject(size=5, etag="e")), forget_at=START)

    answer = door.post(SWAP, BODY | {"init_video": f" upload:{UPLOAD_ID}"})

    assert answer["body"]["message"] == "init_video: must begin with https://."


def test_every_missing_field_is_named(door: Door) -> None:
    message = door.post(SWAP, {"key": SECRET})["body"]["message"]

    assert [name in message for name in URLS] == [True] * 3


@pytest.mark.parametrize(
    "body",
    [None, "", "{", "[]", '"x"', "null", '{"key": NaN}', "[" * 20000, "key=x&init_video=y"],
)
def test_what_is_no_json_object_is_refused(door: Door, body: str | None) -> None:
    for route, number in ((SWAP, None), (FETCH, 1)):
        answer = door.post(route, body, number=number)
        assert answer["statusCode"] == 400
        provider_seed.check("Error", answer["body"])
    assert door.keys.reads == 0


def test_a_body_is_read_whatever_its_content_type_says(door: Door) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}

    assert door.post(SWAP, BODY, headers=form)["statusCode"] == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(door: Door) -> None:
    answer = door.post(SWAP, BODY | {"x": "a" * 65536})

    assert answer["statusCode"] == 413
    provider_seed.check("Error", answer["body"])
    assert door.keys.reads == 0


@pytest.mark.parametrize("key", [None, "", 5, ["x"], "fsk_x", new_secret(b"x" * 32), "key-123456"])
def test_a_wrong_key_is_told_nothing_and_costs_a_read_at_most(door: Door, key: object) -> None:
    for route, number in ((SWAP, None), (FETCH, 1)):
        before = door.keys.reads
        answer = door.post(route, {"key": key, "init_video": 5}, number=number)
        assert answer["statusCode"] == 401
        assert answer["body"] == {"status": "error", "message": "Invalid API key"}
        assert door.keys.reads - before <= 1


def test_a_key_that_was_revoked_opens_nothing_from_then_on(door: Door) -> None:
    told = door.swap()
    door.keys.revoke(a_key().key_id, "me")

    for route, number in ((SWAP, None), (FETCH, told["id"])):
        assert door.post(route, BODY, number=number)["statusCode"] == 401


def test_a_job_is_found_by_its_number_until_it_is_over(door: Door) -> None:
    number = door.swap()["id"]

    told = door.fetch(number)

    provider_seed.check("ProcessingVideoFaceSwapResponse", told)
    assert (told["status"], told["id"], told["output"]) == ("processing", number, [])
    assert type(told["eta"]) is int
    door.change(number, status="succeeded", result=Result(key="k", size=1, sha256="s"))
    door.change(number, generation_time=10.1)
    told = door.fetch(number)
    provider_seed.check("SuccessVideoFaceSwapResponse", told)
    assert (told["status"], told["generationTime"]) == ("success", 10.1)
    assert told["output"] == told["proxy_links"] == told["meta"]["output"]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"accepted_at": START, "finished_at": START + timedelta(seconds=4.25)}, 4.2),
        ({"submitted_at": START, "finished_at": START + timedelta(seconds=3)}, 3.0),
        ({"submitted_at": START}, 0.0),
        ({}, 0.0),
    ],
)
def test_a_time_that_the_provider_did_not_tell_is_reckoned(
    door: Door, fields: dict[str, object], seconds: float
) -> None:
    number = door.swap()["id"]
    result = Result(key="k", size=1, sha256="s")
    door.change(number, status="succeeded", result=result, **fields)

    told = door.fetch(number)
    assert told["generationTime"] == seconds
    provider_seed.check("SuccessVideoFaceSwapResponse", told)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (None, "The job was cancelled."),
        (Failure(type="queue-timeout", detail="No room."), "No room."),
        (
            Failure(type="provider-failed", detail="It failed.", upstream="Sorry"),
            "It failed. Sorry",
        ),
    ],
)
def test_a_job_without_a_video_is_failed(door: Door, error: Failure | None, message: str) -> None:
    number = door.swap()["id"]
    door.change(number, status="failed" if error else "cancelled", error=error)

    assert door.fetch(number) == {
        "status": "failed",
        "id": number,
        "message": message,
        "output": [],
    }


@pytest.mark.parametrize("number", [1, 0, -5, "abc", "٢٩٨", "1.0", "01", 2**53, "9" * 5000])
def test_an_unknown_number_is_an_error(door: Door, number: object) -> None:
    assert door.fetch(number) == {"status": "error", "message": "Request not found"}


def test_another_owner_s_number_is_unknown_and_so_is_an_erased_job_s(door: Door) -> None:
    number = door.swap()["id"]

    other = door.post(FETCH, {"key": OTHER_SECRET}, number=number)["body"]
    door.change(number, erased_at=START)

    assert other == door.fetch(number) == door.fetch(1)


def test_another_key_of_the_same_owner_goes_on_where_one_ended(door: Door) -> None:
    number = door.swap()["id"]
    third = new_secret(b"t" * 32)
    door.keys.create(a_key(third))
    door.keys.revoke(a_key().key_id, "me")

    assert door.post(FETCH, {"key": third}, number=number)["body"]["id"] == number


def test_an_idempotency_key_makes_one_job(door: Door) -> None:
    headers = {"Idempotency-Key": "order-1"}

    first = door.post(SWAP, BODY, headers=headers)
    second = door.post(SWAP, BODY, headers=headers)
    mismatch = door.post(SWAP, BODY | {"track_id": 5}, headers=headers)
    other = door.post(SWAP, BODY | {"key": OTHER_SECRET}, headers=headers)

    number = first["body"]["id"]
    assert number == second["body"]["id"] == number_for_key("me", "order-1")
    assert "Idempotency-Replayed" not in first["headers"]
    assert second["headers"]["Idempotency-Replayed"] == "true"
    assert (mismatch["statusCode"], mismatch["body"]["status"]) == (400, "error")
    assert other["body"]["id"] != number
    assert len(door.jobs.now) == 2
    door.change(number, status="succeeded", result=Result(key="k", size=1, sha256="s"))
    assert door.post(SWAP, BODY, headers=headers)["body"]["status"] == "success"
    door.change(number, erased_at=START)
    assert door.post(SWAP, BODY, headers=headers)["statusCode"] == 400


def test_a_whole_number_with_a_point_is_an_integer(door: Door) -> None:
    number = door.swap(track_id=5.0)["id"]

    vendor = door.job(number).vendor
    assert vendor is not None
    assert repr(vendor.track_id) == "5"


@pytest.mark.parametrize("field", ["init_video", "init_image", "reference_image"])
def test_half_a_character_is_refused_by_the_field_s_name(door: Door, field: str) -> None:
    answer = door.post(SWAP, BODY | {field: "https://media.example.com/\ud800"})

    assert answer["statusCode"] == 400
    assert answer["body"]["message"] == f"{field}: holds half a character."


def test_another_key_with_other_words_of_consent_repeats_the_same_request(door: Door) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = door.post(SWAP, BODY, headers=headers)
    third = new_secret(b"t" * 32)
    door.keys.create(a_key(third).model_copy(update={"statement": "They agreed, anew."}))

    again = door.post(SWAP, BODY | {"key": third}, headers=headers)

    assert (again["statusCode"], again["body"]["id"]) == (200, first["body"]["id"])


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
def test_an_idempotency_key_that_is_none_is_refused(door: Door, key: str) -> None:
    answer = door.post(SWAP, BODY, headers={"idempotency-key": key})

    assert answer["statusCode"] == 400
    assert answer["body"]["message"].startswith("Idempotency-Key")


def test_a_number_that_is_another_job_s_is_drawn_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 8, 7, 8, 9])
    monkeypatch.setattr(door.container.create_vendor_job, "_new_number", lambda: next(drawn))
    clock = iter(START + timedelta(seconds=n) for n in range(100))
    monkeypatch.setattr(door.container.create_job, "_clock", lambda: next(clock))

    assert [door.swap()["id"] for _ in range(3)] == [7, 8, 9]


def test_numbers_are_integers_that_every_language_reads(door: Door) -> None:
    numbers = [door.swap()["id"] for _ in range(20)]

    assert len(set(numbers)) == 20
    assert all(type(number) is int and 0 < number <= LARGEST_NUMBER for number in numbers)
    assert max(numbers) > 2**40
    keyed = [number_for_key("me", str(n)) for n in range(1000)]
    assert len(set(keyed)) == 1000
    assert all(0 < number <= LARGEST_NUMBER < 2**53 for number in keyed)


def test_no_idempotency_key_leads_to_a_numbered_job() -> None:
    assert job_id_for_number("me", 7) != job_id_for_key("me", "7")
    assert job_id_for_number("me", 7) != job_id_for_number("m", 7)


def test_both_families_are_served_and_lead_to_themselves(door: Door) -> None:
    older = door.post(SWAP, BODY, family="deepfake")["body"]

    assert older["fetch_result"].endswith(f"/api/v6/deepfake/fetch/{older['id']}")
    assert door.fetch(older["id"])["fetch_result"] == older["fetch_result"]
    assert door.fetch(older["id"], family="deepfake") == door.fetch(older["id"])


def test_what_nobody_foresaw_is_told_in_the_vendor_s_shape(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(door.jobs, "create", fail)
    answer = door.post(SWAP, BODY)

    assert answer["statusCode"] == 500
    provider_seed.check("Error", answer["body"])
    assert "secret" not in str(answer["body"])


def test_no_job_is_made_that_could_not_be_told_of(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError("the secret cannot be read")

    monkeypatch.setitem(vars(door.container), "receipt_secret", fail)

    assert door.post(SWAP, BODY)["statusCode"] == 500
    assert door.jobs.now == {}


def test_a_wait_that_is_known_stands_in_the_body(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise ConflictError("Too many.", retry_after=30)

    monkeypatch.setattr(door.container.create_job, "run", refuse)

    answer = door.post(SWAP, BODY)
    assert answer["body"] == {"status": "error", "message": "Too many.", "retry_after": 30}
    assert answer["headers"]["Retry-After"] == "30"


@pytest.mark.usefixtures("door")
def test_a_body_in_base64_is_read() -> None:
    event = {
        "routeKey": "POST /api/v6/faceswap/specific_video_swap",
        "rawPath": "/api/v6/faceswap/specific_video_swap",
        "requestContext": {"requestId": "r", "domainName": "x", "stage": "$default", "http": {}},
        "isBase64Encoded": True,
    }
    good = base64.b64encode(json.dumps(BODY).encode()).decode()

    assert vendor_http.post_vendor(event | {"body": good})["statusCode"] == 200
    assert vendor_http.post_vendor(event | {"body": "%"})["statusCode"] == 400
    assert vendor_http.post_vendor(event | {"body": "/w=="})["statusCode"] == 400
