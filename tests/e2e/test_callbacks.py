"""Callbacks: whoever named an address is told of his job's end there, signed, until it is taken or given up."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import eq
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from faceswap.contract.callbacks import CallbackBody
from faceswap.rules import ids
from faceswap.rules.callbacks import MOST_AT_A_SLOW_ONE
from faceswap.rules.job import Failure, Job
from faceswap.rules.job_media import LinkedMedia
from faceswap.store.jobs import JobStore
from tests.support.receiver import Post, Receiver, Reply, receiver
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, VIDEO, World

ENDLESS, REDIRECT = Reply(200, endless=True), Reply(302, {"location": "http://169.254.169.254/"})
AT_ONCE = 10
"""How many callbacks the template lets be tried at once."""
_LONG = 900.0
MEDIA = dict.fromkeys(TYPES, "https://media.example.com/x.mp4")


def answers(path: str, number: int) -> Reply:
    """What the receiver does is told by the path: `<answer>,<answer>…-<unique>`, the last one for all that follow."""
    named = path.partition("-")[0].split(",")
    word = named[min(number, len(named)) - 1]
    kinds = {
        "hang": Reply(hangs=True),
        "break": Reply(breaks=True),
        "endless": ENDLESS,
        "redirect": REDIRECT,
        "later": Reply(429, {"retry-after": "1"}, b"not now"),
    }
    return kinds[word] if word in kinds else Reply(int(word), body=b"told: " + word.encode())


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    with receiver(answers) as there:
        yield there


@pytest.fixture(scope="module", autouse=True)
def hanging(session_world: World, hooks: Receiver) -> tuple[World, str]:
    """An owner, and his job whose receiver hangs from the first test on, as a try lasts a quarter of a minute."""
    session_world.behave(result="canned", seconds=0.2)
    owner, path = session_world.as_owner("patient-owner"), a_path("hang")
    job_id = create(owner, hooks.url(path))
    until(lambda: hooks.of(path))
    return owner, job_id


def a_path(*words: str) -> str:
    return f"{','.join(words)}-{uuid4().hex}"


def create(world: World, url: str, **changes: Any) -> str:
    body = world.request(**MEDIA | {"callback": {"url": url}} | changes)
    job_id: str = world.create(body)["job_id"]
    return job_id


def callback(world: World, job_id: str) -> dict[str, Any]:
    answer = world.call("GET", f"/v1/jobs/{job_id}/callbacks")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def ended(world: World, job_id: str, status: str) -> dict[str, Any]:
    return until(lambda: callback(world, job_id), holds=lambda told: told["status"] == status)


def secrets_of(world: World, token: str | None = None) -> list[str]:
    told = world.call("GET", "/v1/callback-secrets", token=token).json()
    return [each["secret"] for each in told["secrets"]]


def verify(secret: str, post: Post) -> Any:
    return Webhook(secret).verify(post.body, post.headers)


def test_the_end_of_a_job_is_posted_once_and_signed(world: World, hooks: Receiver) -> None:
    path = a_path("204")

    job_id = create(world, hooks.url(path) + "?token=abc", client_reference="é 4711")

    told = ended(world, job_id, "delivered")
    [post] = hooks.of(path)
    job = world.job(job_id)
    body = CallbackBody.model_validate_json(post.body)
    assert (body.type, json.loads(post.body)["data"]) == ("job.succeeded", job)
    assert post.headers["webhook-id"] == told["webhook_id"] == f"msg_{job_id}_{job['version']}"
    assert "faceswap" in post.headers["user-agent"]
    assert job["callback"] == {"url": hooks.url(path)}
    verify(secrets_of(world)[0], post)
    [tried] = told["tries"]
    assert (tried["http_status"], tried["answer"]) == (204, None)
    shown = body.data.root
    assert world.http.get(shown.result.link if shown.result else "").status_code == 302


def test_a_receiver_that_fails_gets_the_same_again(world: World, hooks: Receiver) -> None:
    path = a_path("500", "break", "204")

    job_id = create(world, hooks.url(path))

    told = ended(world, job_id, "delivered")
    posts = hooks.of(path)
    assert len(posts) == 3
    assert len({post.headers["webhook-id"] for post in posts}) == 1
    assert len({post.body for post in posts}) == 1
    statuses = [each["http_status"] for each in told["tries"]]
    assert statuses == [500, None, 204]
    assert [each["answer"] for each in told["tries"]] == ["told: 500", None, None]
    assert told["tries"][1]["trouble"] == "it cannot be reached"
    moments = [each["at"] for each in told["tries"]]
    assert moments == sorted(set(moments))


def test_what_no_try_reaches_is_given_up_and_can_be_recovered(
    world: World, hooks: Receiver
) -> None:
    path = a_path("500", "500", "500", "500", "204")
    job_id = create(world, hooks.url(path))

    told = ended(world, job_id, "exhausted")

    assert len(told["tries"]) == 3
    assert told["next_at"] is None
    listed = until(lambda: [each for each in exhausted(world) if each["job_id"] == job_id])
    assert listed == [told]
    assert job_id in dead_letters(world)
    other = world.call("GET", "/v1/callbacks", token=world.stack.other_token).json()
    assert [each for each in other["items"] if each["job_id"] == job_id] == []

    recover = {"since": told["given_up_at"]}
    answer = world.call("POST", "/v1/callbacks/recover", json=recover)

    assert answer.status_code == 202, answer.text
    assert answer.json()["count"] >= 1
    told = ended(world, job_id, "delivered")
    assert [each["http_status"] for each in told["tries"]] == [500, 500, 500, 500, 204]
    assert len({post.body for post in hooks.of(path)}) == 1
    until(lambda: job_id not in [each["job_id"] for each in exhausted(world)])


def test_a_callback_can_be_sent_again_once(world: World, hooks: Receiver) -> None:
    path = a_path("204", "500", "204")
    job_id = create(world, hooks.url(path))
    ended(world, job_id, "delivered")

    for number in (2, 3):
        answer = world.call("POST", f"/v1/jobs/{job_id}/callbacks")
        assert answer.status_code == 202, answer.text
        until(lambda: len(callback(world, job_id)["tries"]), holds=partial(eq, number))

    told = callback(world, job_id)
    assert told["status"] == "delivered"
    assert [each["http_status"] for each in told["tries"]] == [204, 500, 204]
    assert len({(post.headers["webhook-id"], post.body) for post in hooks.of(path)}) == 1


@pytest.mark.parametrize(
    ("word", "status", "http_status", "trouble"),
    [
        ("endless", "delivered", 200, None),
        ("410", "gone", 410, None),
        ("redirect", "exhausted", 302, "it redirects, which is not followed"),
    ],
)
def test_what_an_answer_means(
    world: World,
    hooks: Receiver,
    word: str,
    status: str,
    http_status: int,
    trouble: str | None,
) -> None:
    path = a_path(word)

    told = ended(world, create(world, hooks.url(path)), status)

    assert len(hooks.of(path)) == len(told["tries"]) == (3 if status == "exhausted" else 1)
    assert {(each["http_status"], each["trouble"]) for each in told["tries"]} == {
        (http_status, trouble)
    }


@pytest.mark.parametrize(
    ("word", "http_status", "trouble"),
    [("later", 429, None), ("hang", None, "it did not answer in time")],
)
def test_who_is_slow_or_busy_is_left_in_peace_for_a_minute(
    world: World,
    hooks: Receiver,
    hanging: tuple[World, str],
    word: str,
    http_status: int | None,
    trouble: str | None,
) -> None:
    owner, job_id = hanging if word == "hang" else (world, create(world, hooks.url(a_path(word))))

    told = until(lambda: callback(owner, job_id), holds=lambda told: told["next_at"] is not None)

    [tried] = told["tries"]
    assert (tried["http_status"], tried["trouble"]) == (http_status, trouble)
    ended_at = datetime.fromisoformat(tried["at"]) + timedelta(seconds=tried["seconds"])
    assert datetime.fromisoformat(told["next_at"]) - ended_at >= timedelta(seconds=59)


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_every_end_is_told(world: World, hooks: Receiver, end: str) -> None:
    path, name = a_path("204"), uuid4().hex
    failed = '{"status":"failed","id":"","message":"Failed, Try Again","output":""}'
    world.teach({name: {"fetch": {"body": failed}, "webhook": {"posts": []}}})
    media = f"https://media.example.com/{name}.mp4"
    if end == "cancelled":
        reserved = world.reserve("init_video", VIDEO)
        media = reserved["source"]
    job_id = create(world, hooks.url(path), init_video=media)
    if end == "cancelled":
        assert callback(world, job_id)["status"] == "waiting"
        assert world.call("POST", f"/v1/jobs/{job_id}/callbacks").status_code == 409
        world.call("POST", f"/v1/jobs/{job_id}/cancel")

    ended(world, job_id, "delivered")

    [post] = hooks.of(path)
    assert json.loads(post.body)["type"] == f"job.{end}"
    assert json.loads(post.body)["data"]["status"] == end


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://user:pass@app.example.com/x",
        "https://app.example.com:8443/x",
        "http://127.0.0.1.nip.io/x",
        "ftp://app.example.com/x",
        "https://app.example.com/" + "x" * 2000,
        "",
    ],
)
def test_an_address_that_may_not_be_called_is_refused(world: World, url: str) -> None:
    body = world.request(**MEDIA | {"callback": {"url": url}})

    answer = world.call("POST", "/v1/jobs", json=body)

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/callback/url"]


def test_an_owner_has_another_secret_and_both_sign_for_a_day(world: World, hooks: Receiver) -> None:
    token = world.as_owner(f"rotating-{uuid4().hex[:8]}").stack.token
    [old] = secrets_of(world, token)
    assert world.call("POST", "/v1/callback-secrets", token=token).status_code == 201
    told = world.call("GET", "/v1/callback-secrets", token=token).json()["secrets"]
    assert world.call("POST", "/v1/callback-secrets", token=token).status_code == 409

    path = a_path("204")
    body = {**MEDIA, "consent": CONSENT, "callback": {"url": hooks.url(path)}}
    world.call("POST", "/v1/jobs", json=body, token=token)

    [post] = until(lambda: hooks.of(path))
    new = told[0]["secret"]
    assert [each["secret"] for each in told] == [new, old]
    assert told[0]["until"] is None
    assert datetime.fromisoformat(told[1]["until"]) > datetime.now(UTC) + timedelta(hours=23)
    verify(new, post)
    verify(old, post)
    with pytest.raises(WebhookVerificationError):
        verify(secrets_of(world)[0], post)
    with pytest.raises(WebhookVerificationError):
        verify(new, post._replace(body=post.body.replace(b"succeeded", b"cancelled")))


def test_of_an_erased_job_nothing_is_kept_or_posted(world: World, hooks: Receiver) -> None:
    path = a_path("500")
    job_id = create(world, hooks.url(path) + "?secret=4711")
    ended(world, job_id, "exhausted")

    assert world.call("DELETE", f"/v1/jobs/{job_id}").status_code == 204

    assert world.call("GET", f"/v1/jobs/{job_id}/callbacks").status_code == 404
    assert world.call("POST", f"/v1/jobs/{job_id}/callbacks").status_code == 404
    kept = [item for item in world.scanned() if job_id in json.dumps(item)]
    assert [item["pk"]["S"] for item in kept] == [f"job#{job_id}"]
    assert "4711" not in json.dumps(kept)
    assert "callback" not in kept[0]


def test_a_receiver_that_always_hangs_holds_nobody_up(world: World, seed: str | None) -> None:
    """One owner's jobs all hang, 200 other owners' (of a sample: 20) are told meanwhile."""
    count = 200 if seed is None else 20
    with receiver(lambda path, _number: Reply(hangs=path == "dead")) as there:
        dead = [a_final_job("dead-owner", there.url("dead")) for _ in range(AT_ONCE + 2)]
        others = [a_final_job(f"owner-{n}", there.url(f"live-{n}")) for n in range(count)]
        store = JobStore(world.aws("dynamodb"), world.stack.jobs_table or "")
        for job in [*dead, *others]:
            store.create(job)

        paths = {job.callback_url.rpartition("/")[2] for job in others if job.callback_url}
        until(
            lambda: paths - {post.path for post in there.posts},
            holds=lambda missing: not missing,
            seconds=_LONG,
        )
        until(lambda: there.most_hanging)

        # At the receiver a try that was left a moment ago may still count.
        assert 1 <= there.most_hanging < AT_ONCE


def test_a_dead_receiver_of_many_owners_holds_nobody_up_for_long(world: World) -> None:
    """Thirty owners name one address that hangs; once it was late, few are tried there at once."""
    with receiver(lambda path, _number: Reply(hangs=path == "dead")) as there:
        dead = [a_final_job(f"user-{n}", there.url("dead")) for n in range(30)]
        store = JobStore(world.aws("dynamodb"), world.stack.jobs_table or "")
        for job in dead:
            store.create(job)
        until(lambda: there.most_hanging > 0)
        until(lambda: there.hanging, holds=lambda now: now <= MOST_AT_A_SLOW_ONE)

        for number in range(20):
            store.create(a_final_job(f"quiet-{number}", there.url(f"live-{number}")))

        until(
            lambda: {post.path for post in there.posts} - {"dead"},
            holds=lambda paths: len(paths) == 20,
        )


def a_final_job(owner: str, url: str) -> Job:
    """A job that ended, as its last write leaves it."""
    now = datetime.now(UTC)
    return Job(
        job_id=ids.job_id(uuid4().bytes),
        owner=owner,
        status="failed",
        version=4,
        created_at=now,
        updated_at=now,
        deadline_at=now,
        closed_at=now,
        media={purpose: LinkedMedia(url=url) for purpose, url in MEDIA.items()},  # type: ignore[misc]
        error=Failure(type="internal", detail="x"),
        callback="url",
        callback_url=url,
    )


def exhausted(world: World) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = world.call("GET", "/v1/callbacks?limit=100").json()["items"]
    return told


def dead_letters(world: World) -> set[str]:
    """The jobs whose callbacks lie among the dead letters."""
    sqs, url = world.aws("sqs"), world.stack.outputs["CallbackDeadLettersUrl"]
    found: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found |= {json.loads(message["Body"])["job_id"] for message in messages}
    return found
