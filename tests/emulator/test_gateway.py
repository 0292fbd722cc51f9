"""The HTTP API on the emulator: routes, the JWT authorizer, errors and CORS as on AWS."""

import pytest

from tests.support.sampled import Sampled


def test_an_open_route_needs_no_token_and_gets_its_cookies(sampled: Sampled) -> None:
    answer = sampled.http.get("/ready", headers={"cookie": "a=1; b=2"})

    assert answer.status_code == 200
    assert answer.json()["cookies"] == ["a=1", "b=2"]


def test_a_token_with_the_scope_passes_with_its_claims(sampled: Sampled) -> None:
    answer = sampled.http.get("/items/none", headers=sampled.bearer("jobs.read"))

    assert answer.status_code == 200
    assert answer.json() == {"found": False, "sub": "ann"}


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "http://127.0.0.1:1"}])
def test_a_token_that_is_not_for_us_is_unauthorized(
    sampled: Sampled, claims: dict[str, object]
) -> None:
    answer = sampled.http.get("/items/none", headers=sampled.bearer(claims=claims))

    assert answer.status_code == 401


def test_an_expired_token_is_unauthorized(sampled: Sampled) -> None:
    answer = sampled.http.get("/items/none", headers=sampled.bearer(lifetime_seconds=-60))

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}


def test_no_token_is_unauthorized(sampled: Sampled) -> None:
    assert sampled.http.get("/items/none").status_code == 401


def test_a_token_of_another_key_is_unauthorized(sampled: Sampled) -> None:
    header, payload, _ = sampled.stack.token.split(".")
    forged = {"authorization": f"Bearer {header}.{payload}.AAAA"}

    assert sampled.http.get("/items/none", headers=forged).status_code == 401


def test_a_token_without_the_scope_is_forbidden(sampled: Sampled) -> None:
    answer = sampled.http.post("/items", headers=sampled.bearer("jobs.read"), json={"pk": "x"})

    assert answer.status_code == 403
    assert answer.json() == {"message": "Forbidden"}


def test_the_tokens_of_the_stack_pass(sampled: Sampled) -> None:
    for token in (sampled.stack.token, sampled.stack.other_token):
        answer = sampled.http.get("/items/none", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200


def test_a_failing_handler_answers_500_and_shows_nothing(sampled: Sampled) -> None:
    answer = sampled.http.post("/items", headers=sampled.bearer(), content="not json")

    assert answer.status_code == 500
    assert answer.json() == {"message": "Internal Server Error"}


def test_an_unknown_route_is_not_found(sampled: Sampled) -> None:
    assert sampled.http.get("/nothing").status_code == 404


@pytest.mark.parametrize(
    ("origin", "status"), [("https://two.example.com", 204), ("https://evil.example.com", 403)]
)
def test_preflight_follows_the_list_of_origins(sampled: Sampled, origin: str, status: int) -> None:
    asked = {"origin": origin, "access-control-request-method": "POST"}

    answer = sampled.http.options("/items", headers=asked)

    allowed = answer.headers.get("access-control-allow-origin")
    assert (answer.status_code, allowed) == (status, origin if status == 204 else None)
