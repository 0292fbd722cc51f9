"""The issuer's sign-in: a code for who can prove that it asked for it, and tokens for the code, once."""

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from local.identity.grants import Grant, Grants
from local.identity.server import Issuer

VERIFIER = "a-verifier-of-enough-letters-for-anybody-to-take-it"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
BACK = "http://127.0.0.1:5173/"
ASKED = {
    "response_type": "code",
    "client_id": "app",
    "redirect_uri": BACK,
    "scope": "openid jobs.read",
    "state": "s1",
    "nonce": "n1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[httpx.Client]:
    """One that keeps cookies and stops at redirects."""
    with Issuer(0, tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        with httpx.Client(base_url=server.url, trust_env=False) as client:
            yield client
        server.shutdown()
        thread.join()


def sign_in(browser: httpx.Client, **changes: str) -> dict[str, str]:
    """What the page is told at its address."""
    answer = browser.post("/authorize", data=ASKED | {"owner": "demo"} | changes)
    assert answer.status_code == 303, answer.text
    return told(answer)


def told(answer: httpx.Response) -> dict[str, str]:
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == BACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def exchange(browser: httpx.Client, code: str, **changes: str) -> httpx.Response:
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": "app",
        "code_verifier": VERIFIER,
    }
    return browser.post("/token", data=asked | changes)


def claims(browser: httpx.Client, token: str) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(browser.get("/.well-known/jwks.json").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    found: dict[str, object] = jwt.decode(token, key, audience="app")
    return found


def test_the_form_names_each_owner_and_sends_the_request_again(browser: httpx.Client) -> None:
    shown = browser.get("/authorize", params=ASKED)

    assert re.findall(r'name="owner" value="(\w+)"', shown.text) == ["demo", "other"]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    assert sent == ASKED
    assert "form-action 'self' http://127.0.0.1:5173;" in shown.headers["content-security-policy"]


def test_what_the_page_sent_is_not_markup_in_the_form(browser: httpx.Client) -> None:
    shown = browser.get("/authorize", params=ASKED | {"state": '"><script>'})

    assert "<script>" not in shown.text


def test_a_code_becomes_the_tokens_of_who_signed_in(browser: httpx.Client) -> None:
    answer = sign_in(browser)
    tokens = exchange(browser, answer["code"])

    assert answer["state"] == "s1"
    assert tokens.headers["access-control-allow-origin"] == "*"
    given = claims(browser, tokens.json()["access_token"])
    assert (given["sub"], given["scope"]) == ("demo", "openid jobs.read")
    assert claims(browser, tokens.json()["id_token"])["nonce"] == "n1"


def test_a_code_is_good_once(browser: httpx.Client) -> None:
    code = sign_in(browser)["code"]

    assert exchange(browser, code).status_code == 200
    assert exchange(browser, code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": VERIFIER + "x"},
        {"code_verifier": ""},
        {"code_verifier": CHALLENGE},
        {"client_id": "another"},
        {"redirect_uri": "http://127.0.0.1:5174/"},
    ],
)
def test_a_code_is_not_for_who_cannot_show_that_it_asked(
    browser: httpx.Client, changes: dict[str, str]
) -> None:
    code = sign_in(browser)["code"]

    refused = exchange(browser, code, **changes)

    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
    assert exchange(browser, code).status_code == 400  # it is spent


def test_codes_do_not_last() -> None:
    now = 0.0
    codes = Grants(60.0, now=lambda: now)
    code = codes.give(Grant("demo", "app", "openid"))

    now = 60.0
    assert codes.take(code) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://attacker.example/",
        "http://127.0.0.1.attacker.example/",
        "http://127.0.0.1@attacker.example/",
        "http://user@127.0.0.1/",
        "http://attacker.example\\@127.0.0.1/",
        "http://127.0.0.1:x/",
        "javascript://127.0.0.1/%0aalert(1)",
        "http://127.0.0.1/#part",
    ],
)
def test_nothing_is_sent_to_another_machine(browser: httpx.Client, address: str) -> None:
    for refused in (
        browser.get("/authorize", params=ASKED | {"redirect_uri": address}),
        browser.post("/authorize", data=ASKED | {"redirect_uri": address, "owner": "demo"}),
    ):
        assert refused.status_code == 400
        assert "location" not in refused.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_without_a_challenge_there_is_no_code(
    browser: httpx.Client, changes: dict[str, str], error: str
) -> None:
    assert sign_in(browser, **changes) == {"error": error, "state": "s1"}


def test_an_owner_that_nobody_lists_is_asked_again(browser: httpx.Client) -> None:
    answer = browser.post("/authorize", data=ASKED | {"owner": "root"})

    assert answer.status_code == 200
    assert "Sign in as" in answer.text


def test_a_browser_that_is_signed_in_is_not_asked_again(browser: httpx.Client) -> None:
    sign_in(browser, owner="other")

    code = told(browser.get("/authorize", params=ASKED))["code"]
    token = exchange(browser, code).json()["access_token"]

    assert claims(browser, token)["sub"] == "other"
    assert browser.get("/authorize", params=ASKED | {"prompt": "login"}).status_code == 200


def test_who_signs_out_is_asked_again(browser: httpx.Client) -> None:
    sign_in(browser)
    out = browser.get("/logout", params={"post_logout_redirect_uri": BACK})

    assert out.headers["location"] == BACK
    assert browser.get("/authorize", params=ASKED).status_code == 200
    silent = browser.get("/authorize", params=ASKED | {"prompt": "none"})
    assert told(silent) == {"error": "login_required", "state": "s1"}


def test_signing_out_leads_to_no_other_machine(browser: httpx.Client) -> None:
    out = browser.get("/logout", params={"post_logout_redirect_uri": "https://attacker.example/"})

    assert (out.status_code, out.headers.get("location")) == (200, None)


def test_a_refresh_token_gives_the_next_tokens_once(browser: httpx.Client) -> None:
    first = exchange(browser, sign_in(browser)["code"]).json()
    asked = {
        "grant_type": "refresh_token",
        "refresh_token": first["refresh_token"],
        "client_id": "app",
    }

    second = browser.post("/token", data=asked)

    assert claims(browser, second.json()["access_token"])["sub"] == "demo"
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert browser.post("/token", data=asked).json() == {"error": "invalid_grant"}


def test_a_page_of_another_origin_may_ask(browser: httpx.Client) -> None:
    asked = browser.options("/token", headers={"access-control-request-method": "POST"})

    assert asked.headers["access-control-allow-origin"] == "*"
