"""Nobody sees what is not theirs."""

from pathlib import Path

import jwt
import pytest

from local.identity import mint
from local.stack import AUDIENCE
from tests.support.world import VIDEO, World


def test_another_owner_s_token_finds_nothing(world: World) -> None:
    job = world.final(world.create()["job_id"])
    upload = job["init_video"].removeprefix("upload:")

    for path in (
        f"/v1/jobs/{job['job_id']}",
        f"/v1/jobs/{job['job_id']}/result",
        f"/v1/uploads/{upload}",
    ):
        answer = world.call("GET", path, token=world.stack.other_token)
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/v1/jobs/job_x", "/v1/jobs/" + "job_" + "a" * 26, "/v1/uploads/upl_x"]
)
def test_what_does_not_exist_answers_alike(world: World, path: str) -> None:
    assert world.call("GET", path).status_code == 404


def tampered(token: str) -> str:
    head, body, signature = token.split(".")
    flipped = ("B" if signature[10] == "A" else "A").join((signature[:10], signature[11:]))
    return f"{head}.{body}.{flipped}"


def other_body(token: str, other: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{other.split('.')[1]}.{signature}"


def test_a_token_that_does_not_verify_is_refused_by_the_gateway(world: World, work: Path) -> None:
    stack = world.stack
    claims = jwt.decode(stack.token, options={"verify_signature": False})

    def made(**changes: object) -> str:
        options = {"sub": "demo", "scope": "jobs.read jobs.write", "audience": AUDIENCE} | changes
        return mint(work, str(options.pop("issuer", stack.identity_url)), **options)  # type: ignore[arg-type]

    good = made()
    bad = {
        "none": "",
        "expired": made(lifetime_seconds=-60),
        "tampered": tampered(good),
        "another's body": other_body(good, stack.other_token),
        "alg none": jwt.encode(claims, key="", algorithm="none"),
        "shared secret": jwt.encode(claims, key="s" * 32, algorithm="HS256"),
        "other audience": made(audience="somebody-else"),
        "other issuer": made(issuer="http://127.0.0.1:1"),
        "nonsense": "a.b.c",
    }

    assert world.call("GET", "/v1/jobs/x", token=good).status_code == 404
    before = world.items()
    for name, token in bad.items():
        for method, path in (("GET", "/v1/jobs/x"), ("POST", "/v1/uploads"), ("POST", "/v1/jobs")):
            answer = world.call(method, path, token=token, json={} if method == "POST" else None)
            assert (name, answer.status_code) == (name, 401)
            assert set(answer.json()) == {"message"}
    assert world.items() == before


def test_a_scope_allows_only_what_it_says(world: World, work: Path) -> None:
    def scoped(scope: str) -> str:
        return mint(work, world.stack.identity_url, sub="demo", scope=scope, audience=AUDIENCE)

    assert world.call("GET", "/v1/jobs/x", token=scoped("jobs.read")).status_code == 404
    assert world.call("POST", "/v1/jobs", token=scoped("jobs.read"), json={}).status_code == 403
    assert world.call("GET", "/v1/jobs/x", token=scoped("jobs.write")).status_code == 403
    assert world.call("POST", "/v1/jobs", token=scoped("jobs.write"), json={}).status_code == 422


def test_a_token_that_names_nobody_is_refused(world: World, work: Path) -> None:
    token = mint(work, world.stack.identity_url, sub=None, scope="jobs.read", audience=AUDIENCE)

    answer = world.call("GET", "/v1/jobs/x", token=token)

    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_a_machine_client_and_an_odd_subject_are_owners(world: World, work: Path) -> None:
    def token(**claims: object) -> str:
        return mint(
            work,
            world.stack.identity_url,
            scope="jobs.read jobs.write",
            audience=AUDIENCE,
            **({"sub": None} | claims),  # type: ignore[arg-type]
        )

    body = dict.fromkeys(
        ("init_video", "init_image", "reference_image"), "https://media.example.com/x"
    )
    request = body | {"consent": {"attested": True, "statement": "x"}}
    machine = world.call("POST", "/v1/jobs", token=token(client_id="batch"), json=request)
    person = world.call("POST", "/v1/jobs", token=token(sub="batch"), json=request)
    odd = world.call("POST", "/v1/jobs", token=token(sub="auth0|5"), json=request)

    assert machine.json()["owner"].startswith("h-")
    assert person.json()["owner"] == "batch"
    assert odd.json()["owner"].startswith("h-")


def test_a_lasting_link_needs_no_login_and_ends_with_the_job(world: World) -> None:
    job = world.final(world.create()["job_id"])
    link = job["result"]["link"]

    assert link.startswith(f"{world.stack.api_url}/v1/results/{job['job_id']}/")
    assert world.http.get(link, follow_redirects=True).content == VIDEO
    assert world.http.head(link, follow_redirects=True).status_code == 200
    assert world.http.get(link[:-1] + "_").status_code == 404
    listed = world.call("GET", "/v1/jobs").json()["items"]
    assert link in {each["result"]["link"] for each in listed if each["result"]}
    world.call("DELETE", f"/v1/jobs/{job['job_id']}")
    gone = world.http.get(link)
    assert (gone.status_code, gone.json()["type"]) == (410, "/problems/gone")
