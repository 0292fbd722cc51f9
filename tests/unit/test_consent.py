"""The receipt of a consent: what can be checked by it, and what it does not give away."""

import hashlib
import hmac
from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from caller import caller_of
from faceswap.rules.consent import (
    Consent,
    InputRecord,
    UploadRecord,
    UrlRecord,
    hmacs_of,
    receipt_of,
)
from faceswap.rules.media import Purpose
from faceswap.rules.owner import NoSubjectError, caller_in
from tests.support.samples import START

SECRET = "receipts"
CONSENT = Consent(
    statement="All agreed, né?", caller="ana@example.com", terms="terms-7",
    subject="Bo B.", token_id="jti-1", auth_time="1700000000",
)  # fmt: skip
INPUTS: dict[Purpose, InputRecord] = {
    "init_video": UploadRecord(size=5, sha256="c2hh"),
    "init_image": UploadRecord(size=3, etag="e"),
    "reference_image": UrlRecord(url_sha256="dXJs"),
}


def sha256(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def keyed(text: str) -> str:
    return b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha256")).decode()


def test_whoever_knows_the_texts_can_check_them() -> None:
    receipt = receipt_of(CONSENT, START, hmacs_of(CONSENT, SECRET), INPUTS)

    assert receipt.statement_sha256 == sha256("All agreed, né?")
    assert receipt.terms_sha256 == sha256("terms-7")
    assert receipt.subject_hmac == keyed("subject\nBo B.")
    assert receipt.caller_hmac == keyed("caller\nana@example.com")
    assert receipt.session_hmac == keyed("session\njti=jti-1\nauth_time=1700000000")
    assert (receipt.attested_at, receipt.inputs) == (START, INPUTS)
    assert receipt.result_sha256 is None


def test_the_receipt_names_the_video_that_came_out() -> None:
    receipt = receipt_of(CONSENT, START, hmacs_of(CONSENT, SECRET), INPUTS, "b3V0")

    assert receipt.result_sha256 == "b3V0"


def test_nothing_personal_can_be_read_from_it_or_guessed_without_the_secret() -> None:
    text = receipt_of(CONSENT, START, hmacs_of(CONSENT, SECRET), INPUTS).model_dump_json()

    for plain in ("agreed", "ana@", "terms-7", "Bo B", "jti-1", "1700000000"):
        assert plain not in text
    for guessed in ("ana@example.com", "Bo B."):
        assert sha256(guessed) not in text


@pytest.mark.parametrize("field", ["terms", "subject"])
def test_what_was_not_said_is_not_there(field: str) -> None:
    consent = CONSENT.model_copy(update={field: None})
    receipt = receipt_of(consent, START, hmacs_of(consent, SECRET), {})

    names = {"terms": "terms_sha256", "subject": "subject_hmac"}
    assert getattr(receipt, names[field]) is None


@pytest.mark.parametrize(
    ("token_id", "auth_time", "text"),
    [("a", None, "session\njti=a"), (None, "1", "session\nauth_time=1"), (None, None, None)],
)
def test_a_token_says_as_much_as_it_has(
    token_id: str | None, auth_time: str | None, text: str | None
) -> None:
    consent = CONSENT.model_copy(update={"token_id": token_id, "auth_time": auth_time})

    assert hmacs_of(consent, SECRET).session == (keyed(text) if text else None)


@pytest.mark.parametrize(
    ("token_id", "kept"), [("a" * 256, "a" * 256), ("a" * 257, None), ("", None), (None, None)]
)
def test_a_token_s_id_of_256_characters_is_kept_and_no_longer_one(
    token_id: str | None, kept: str | None
) -> None:
    token: Any = SimpleNamespace(jwt_claim={"sub": "ana", "jti": token_id})
    context: Any = SimpleNamespace(authorizer=token)
    router: Any = SimpleNamespace(current_event=SimpleNamespace(request_context=context))

    assert caller_of(router).token_id == kept


@pytest.mark.parametrize(
    ("claims", "caller"),
    [
        ({"sub": "ana"}, "ana"),
        ({"sub": "auth0|client 7"}, "auth0|client 7"),
        ({"client_id": "app"}, "client app"),
        ({"sub": "client app"}, "sub client app"),
        ({"sub": "event of com.example.shop"}, "sub event of com.example.shop"),
        ({"sub": "inbox/ana/"}, "sub inbox/ana/"),
        ({"sub": "sub event of x"}, "sub sub event of x"),
    ],
)
def test_nobody_passes_for_another_kind_of_caller_by_the_name_in_a_token(
    claims: dict[str, str], caller: str
) -> None:
    assert caller_in(claims) == caller


def test_who_is_named_by_nothing_is_no_caller() -> None:
    with pytest.raises(NoSubjectError):
        caller_in({"sub": "", "iss": "x"})
