"""One request: tries, tokens, and what a refusal says."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from httpx import Response

from faceswap_adapter import (
    AuthenticationError,
    FaceswapError,
    GoneError,
    InvalidError,
    LimitError,
    NetworkError,
    NotFoundError,
    ProblemError,
    UnexpectedAnswerError,
)
from tests.support.client_driven import Time
from tests.support.client_service import Fault, Service, answers, cut, halved, lost, problem

CREATE = ({"init_video": "https://a.example/a.mp4"}, "key-1")


@pytest.mark.parametrize("fault", [lost, cut, halved, *map(answers, (408, 429, 502, 503, 504))])
def test_what_fails_three_times_is_tried_a_fourth(
    client: Any, service: Service, time: Time, fault: Fault
) -> None:
    service.goes_wrong("POST", "/jobs", fault, fault, fault)

    assert client.create_job(*CREATE).job.job_id == "job_1"
    assert [*service.jobs] == ["job_1"]
    assert time.pauses == [0.25, 0.5, 1.0]


def test_a_fourth_failure_is_told(client: Any, service: Service) -> None:
    service.goes_wrong("GET", "/job_1", lost, lost, lost, lost)

    with pytest.raises(NetworkError, match=r"api\.example cannot be reached"):
        client.job("job_1")
    assert service.asked("GET", "/job_1") == 4


@pytest.mark.parametrize("status", [400, 403, 409, 413, 422, 500])
def test_other_refusals_are_not_repeated(client: Any, service: Service, status: int) -> None:
    service.goes_wrong("POST", "/jobs", answers(status))

    with pytest.raises(ProblemError) as caught:
        client.create_job(*CREATE)
    assert caught.value.status == status
    assert service.asked("POST", "/jobs") == 1


@pytest.mark.parametrize("fault", [lost, cut, answers(503), answers(429)])
def test_a_post_without_a_key_is_sent_once(
    client: Any, service: Service, media: dict[str, Any], fault: Fault
) -> None:
    service.goes_wrong("POST", "/uploads", fault)

    with pytest.raises((NetworkError, ProblemError)):
        client.upload(media["video"], "init_video")
    assert service.asked("POST", "/uploads") == 1


@pytest.mark.parametrize("random", [0.0, 1.0])
def test_pauses_are_spread_over_their_whole_range(
    connect: Callable[..., Any], service: Service, time: Time, random: float
) -> None:
    service.jobs["job_1"] = {}
    service.goes_wrong("GET", "/job_1", lost, lost, lost, answers(404))

    with pytest.raises(NotFoundError):
        connect(random=random).job("job_1")
    assert time.pauses == [0.5 * random, 1.0 * random, 2.0 * random]


def test_a_pause_that_is_asked_for_is_kept(client: Any, service: Service, time: Time) -> None:
    service.goes_wrong("POST", "/jobs", answers(429, retry_after="9"))

    client.create_job(*CREATE)

    assert time.pauses == [9.25]


def test_a_pause_that_is_long_is_told_and_not_slept(
    client: Any, service: Service, time: Time
) -> None:
    service.goes_wrong("POST", "/jobs", answers(429, retry_after="3600"))

    with pytest.raises(LimitError) as caught:
        client.create_job(*CREATE)
    assert (caught.value.retry_after, time.pauses) == (3600, [])


def test_a_refused_token_is_asked_for_again_once(
    connect: Callable[..., Any], service: Service
) -> None:
    tokens = iter(["old", "good", "never asked for"])
    client = connect(token=lambda: next(tokens))

    client.create_job(*CREATE)
    client.create_job(*CREATE)

    assert service.asked("POST", "/jobs") == 3
    assert next(tokens) == "never asked for"


def test_a_token_that_is_refused_twice_is_told(
    connect: Callable[..., Any], service: Service
) -> None:
    asked: list[int] = []

    def token() -> str:
        asked.append(1)
        return "old"

    with pytest.raises(AuthenticationError, match="Unauthorized"):
        connect(token=token).job("job_1")
    assert (len(asked), service.asked("GET", "/job_1")) == (2, 2)


def test_a_coroutine_may_give_the_token(service: Service, time: Time) -> None:
    from tests.support.client_driven import driven

    async def token() -> str:
        return "good"

    assert driven("async", service, time, token=token).create_job(*CREATE).job_id == "job_1"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (lambda: problem(404, "not-found"), NotFoundError, "not-found"),
        (lambda: problem(410, "gone"), GoneError, "gone"),
        (
            lambda: problem(422, "invalid", errors=[{"pointer": "#/a", "detail": "is missing"}]),
            InvalidError,
            "invalid; #/a: is missing",
        ),
        (partial(Response, 403, json={"message": "Forbidden"}), AuthenticationError, "Forbidden"),
        (partial(Response, 500, text="<html>secret</html>"), ProblemError, "no reason was given"),
        (partial(Response, 302, text=""), ProblemError, "HTTP 302"),
        (partial(Response, 200, json={"hello": 1}), UnexpectedAnswerError, "none of this API's"),
        (partial(Response, 200, text="<html>"), UnexpectedAnswerError, "none of this API's"),
    ],
)
def test_a_refusal_is_told_in_its_own_words(
    client: Any,
    service: Service,
    answer: Callable[[], Response],
    kind: type[Exception],
    said: str,
) -> None:
    service.goes_wrong("GET", "/job_1", lambda _, __: answer())

    with pytest.raises(kind) as caught:
        client.job("job_1")
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_lists_are_read_to_their_end(client: Any, service: Service) -> None:
    for number in range(5):
        client.create_job({}, f"key-{number}")

    assert [each.job_id for each in client.jobs(page_size=2)] == [*service.jobs]
    assert service.asked("GET", "/jobs") == 3


@pytest.mark.parametrize("token", ["", "to\nken", "to ken", "tökén"])
def test_what_is_no_token_is_told_and_not_shown(
    connect: Callable[..., Any], service: Service, token: str
) -> None:
    with pytest.raises(FaceswapError, match="The token is empty, or holds") as raised:
        connect(token=token).create_job(*CREATE)

    assert not token or token not in str(raised.value)
    assert service.asked("POST", "/jobs") == 0
