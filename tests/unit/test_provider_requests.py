"""What the provider client asks for, and what it makes of a network that fails, without a network."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import httpx
import pytest

from faceswap.ports.provider import Submission
from faceswap.provider.modelslab import client as module
from faceswap.provider.modelslab.client import ModelsLabClient

SUBMISSION = Submission(
    init_video="https://a.example/v.mp4",
    init_image="https://a.example/i.png",
    reference_image="https://a.example/r.png",
    output_format="mp4",
    watermark=False,
    webhook="https://a.example/hook",
    track_id=900001,
)
MIB = 1024 * 1024

Answer = Callable[[httpx.Request], httpx.Response]


class Network:
    """Answers by a function, and keeps what was asked."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[httpx.Request] = []
        self.kept_alive: list[int] = []
        self._answer = answer

    def transport(self, keep_alive: int) -> httpx.MockTransport:
        self.kept_alive.append(keep_alive)
        return httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)


def connected(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> tuple[ModelsLabClient, Network]:
    network = Network(answer)
    monkeypatch.setattr(module, "BoundedTransport", network.transport)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    return ModelsLabClient("https://provider.example/api/vX/"), network


def says(body: bytes) -> Answer:
    return lambda _request: httpx.Response(200, stream=httpx.ByteStream(body))


def raises(error: type[httpx.TransportError]) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error("x")

    return answer


def ask(client: ModelsLabClient, call: str) -> object:
    if call == "submit":
        return client.submit("key", SUBMISSION)
    return client.fetch("key", "298") if call == "fetch" else client.delete("key", "298")


@pytest.mark.parametrize(
    ("call", "connect", "write", "read"),
    [("submit", 10.0, 20.0, 110.0), ("fetch", 10.0, 20.0, 30.0), ("delete", 5.0, 5.0, 5.0)],
)
def test_every_request_has_its_time(
    call: str, connect: float, write: float, read: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, network = connected(monkeypatch, says(b"{}"))

    ask(client, call)

    (request,) = network.requests
    waits = request.extensions["timeout"]
    assert (waits["connect"], waits["write"], waits["read"]) == (connect, write, read)
    assert request.extensions["deadline"] == 1000.0 + read


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("submit", "/api/vX/faceswap/specific_video_swap"),
        ("fetch", "/api/vX/faceswap/fetch/298"),
        ("delete", "/api/v3/delete_image"),
    ],
)
def test_every_request_has_an_address_of_our_own(
    call: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, network = connected(monkeypatch, says(b"{}"))

    ask(client, call)

    assert [request.url.path for request in network.requests] == [path]


@pytest.mark.parametrize(("request_id", "sent"), [("298", 298), ("ab-1", "ab-1"), ("2.5", "2.5")])
def test_a_deletion_names_the_request_as_a_number_where_it_is_one(
    request_id: str, sent: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, network = connected(monkeypatch, says(b'{"status":"success"}'))

    assert client.delete("key", request_id) is True

    (request,) = network.requests
    assert json.loads(request.content) == {"key": "key", "request_id": sent, "type": "video"}


def test_every_request_has_a_connection_of_its_own_and_wants_plain_json(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, network = connected(monkeypatch, says(b"{}"))

    ask(client, "submit")

    assert network.kept_alive == [0]
    headers = network.requests[0].headers
    assert (headers["accept"], headers["accept-encoding"]) == ("application/json", "identity")


@pytest.mark.parametrize(
    ("error", "submitted", "words"),
    [
        (httpx.ConnectError, "not_started", "the provider cannot be reached"),
        (httpx.ConnectTimeout, "not_started", "the provider cannot be reached"),
        (httpx.PoolTimeout, "not_started", "the provider cannot be reached"),
        (httpx.UnsupportedProtocol, "not_started", "the provider cannot be reached"),
        (httpx.ProxyError, "not_started", "the provider cannot be reached"),
        (httpx.ReadError, "ambiguous", "the provider's answer was lost"),
        (httpx.ReadTimeout, "ambiguous", "the provider's answer was lost"),
        (httpx.WriteError, "ambiguous", "the provider's answer was lost"),
        (httpx.WriteTimeout, "ambiguous", "the provider's answer was lost"),
        (httpx.RemoteProtocolError, "ambiguous", "the provider's answer was lost"),
    ],
)
def test_only_where_nothing_was_sent_nothing_was_started(
    error: type[httpx.TransportError],
    submitted: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, _ = connected(monkeypatch, raises(error))

    submit, fetch = client.submit("key", SUBMISSION), client.fetch("key", "298")

    assert (submit.outcome, submit.remedy, submit.text) == (submitted, "retry", words)
    assert (fetch.outcome, fetch.remedy, fetch.text) == ("unclear", "retry", words)
    assert client.delete("key", "298") is False


@pytest.mark.parametrize(("more", "outcome"), [(0, "accepted"), (1, "ambiguous")])
def test_an_answer_has_at_most_a_mebibyte(
    more: int, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b'{"status":"processing","id":298}'.ljust(MIB + more)
    client, _ = connected(monkeypatch, says(body))

    reply = client.submit("key", SUBMISSION)

    assert reply.outcome == outcome
    assert reply.unread == ("HTTP 200: (empty)" if more else None)


class Broken(httpx.SyncByteStream):
    """A body that breaks off."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise httpx.ReadError("x")


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        (
            httpx.Response(301, headers={"location": "https://new.example/x"}, stream=Broken()),
            "HTTP 301, redirect to new.example: (empty)",
        ),
        (
            httpx.Response(200, headers={"content-encoding": "br"}, stream=httpx.ByteStream(b"x")),
            "HTTP 200: (empty)",
        ),
    ],
)
def test_of_an_answer_that_cannot_be_read_only_its_head_is_told(
    answer: httpx.Response, unread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = connected(monkeypatch, lambda _request: answer)

    assert client.fetch("key", "298").unread == unread


def test_an_answer_about_another_request_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    done = b'{"status":"success","id":299,"output":["https://a.example/v.mp4"]}'
    client, _ = connected(monkeypatch, says(done))

    assert client.fetch("key", "298").outcome == "unclear"
    assert client.fetch("key", "299").outcome == "succeeded"
