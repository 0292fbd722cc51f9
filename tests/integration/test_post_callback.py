"""Posting to a client's address: where it may go, how long it may take, and what is kept of the answer."""

import json
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from faceswap.egress.callbacks import HttpCallbackSender
from faceswap.rules.callbacks import Answer
from tests.support.receiver import Reply, receiver
from tests.support.servers import closed_port, socket_server

BODY = json.dumps({"type": "job.succeeded", "é": '"<>'}, ensure_ascii=False).encode()
HEADERS = {"webhook-id": "msg_1", "webhook-signature": "v1,x v1,y"}


def sender(*, allow_loopback: bool = True, seconds: float = 10) -> HttpCallbackSender:
    return HttpCallbackSender(allow_loopback=allow_loopback, seconds=seconds)


def test_the_body_goes_out_byte_for_byte() -> None:
    with receiver(lambda _path, _number: Reply(200, body=b"thanks")) as there:
        answer = sender().post(there.url("hook") + "?a=%2F&b=c", BODY, HEADERS)

        [post] = there.of("hook")

    assert (answer.http_status, answer.text, answer.is_taken) == (200, "thanks", True)
    assert post.body == BODY
    assert HEADERS.items() <= post.headers.items()
    assert post.headers["content-type"] == "application/json"
    assert post.headers["user-agent"].startswith("faceswap")
    assert post.headers["content-length"] == str(len(BODY))


def test_no_cookie_is_kept_and_no_proxy_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    with receiver(lambda _path, _number: Reply(204, {"set-cookie": "a=b; path=/"})) as there:
        made = sender()
        answers = [made.post(there.url("hook"), BODY, HEADERS) for _ in range(2)]

        assert [answer.http_status for answer in answers] == [204, 204]
        assert all("cookie" not in post.headers for post in there.of("hook"))


@pytest.mark.parametrize(
    ("reply", "status", "trouble", "is_late"),
    [
        (Reply(302, {"location": "http://169.254.169.254/"}), 302, "it redirects", False),
        (Reply(breaks=True), None, "it cannot be reached", False),
        (Reply(hangs=True), None, "it did not answer in time", True),
    ],
)
def test_what_goes_wrong_is_told_in_words(
    reply: Reply, status: int | None, trouble: str, is_late: bool
) -> None:
    with receiver(lambda _path, _number: reply) as there:
        answer = sender(seconds=1 if is_late else 60).post(there.url("hook"), BODY, HEADERS)

        assert len(there.posts) == 1

    assert (answer.http_status, answer.is_late) == (status, is_late)
    assert answer.trouble is not None
    assert answer.trouble.startswith(trouble)
    assert not answer.is_taken


def test_an_endless_answer_is_read_no_further_than_its_bound() -> None:
    with receiver(lambda _path, _number: Reply(200, body=b"so " * 900, endless=True)) as there:
        answer = sender(seconds=60).post(there.url("hook"), BODY, HEADERS)

    assert answer.is_taken
    assert answer.text == ("so " * 342)[:1024]
    assert answer.seconds < 60


def test_an_answer_that_drips_counts_by_its_status() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nthanks")
        connection.recv(1)  # nothing more until the other side leaves

    with socket_server(drip) as url:
        answer = sender(seconds=3).post(url, BODY, HEADERS)

    assert (answer.is_taken, answer.text) == (True, "thanks")


def test_headers_that_drip_end_with_the_time() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            for number in range(50):
                connection.sendall(b"x-%d: y\r\n" % number)
                time.sleep(0.1)

    with socket_server(drip) as url:
        answer = sender(seconds=1).post(url, BODY, HEADERS)

    assert (answer.http_status, answer.is_late) == (None, True)


def test_a_name_whose_server_keeps_the_question_open_ends_with_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()

    def keep_open(*_: object, **__: object) -> object:
        answered.wait(60)
        raise socket.gaierror("at last")

    monkeypatch.setattr(socket, "getaddrinfo", keep_open)
    answer = sender(seconds=0.5).post("https://app.example.com/hook", BODY, HEADERS)
    was_kept_open = not answered.is_set()
    answered.set()

    assert (answer.is_taken, answer.is_late, was_kept_open) == (False, True, True)
    assert answer.seconds < 60


@pytest.mark.parametrize(
    ("named", "seconds"),
    [("7", 7), ("0", 0), ("-1", None), ("soon", None), ("9" * 30, None), ("", None)],
)
def test_a_wish_to_be_asked_later_is_read(named: str, seconds: int | None) -> None:
    with receiver(lambda _path, _number: Reply(429, {"retry-after": named})) as there:
        answer = sender().post(there.url("hook"), BODY, HEADERS)

    assert (answer.http_status, answer.retry_after) == (429, seconds)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://app.example.com:8443/",
        "http://app.example.com/",
        "",
    ],
)
def test_inside_addresses_are_not_called(url: str) -> None:
    answer = sender(allow_loopback=False).post(url, BODY, HEADERS)

    assert answer.http_status is None
    assert answer.trouble is not None
    assert answer.trouble.startswith("the address ")


def test_a_name_that_leads_inside_the_second_time_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def rebind(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "10.0.0.7"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected: list[str] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    monkeypatch.setattr(socket, "create_connection", connect)
    made = sender(allow_loopback=False)

    answers = [made.post("https://rebinding.example/", BODY, HEADERS) for _ in range(2)]

    assert [answer.trouble for answer in answers] == [
        "it cannot be reached",
        "the address leads to an address that is not public",
    ]
    # Each try resolves once, and connects to what was judged.
    assert (len(asked), connected) == (2, ["93.184.216.34"])


def test_nobody_at_home() -> None:
    answer = sender().post(f"http://127.0.0.1:{closed_port()}/", BODY, HEADERS)

    assert answer._replace(seconds=0) == Answer(seconds=0, trouble="it cannot be reached")
