"""What the provider client makes of servers that fail in each place."""

import gzip
import json
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from faceswap import VERSION
from faceswap.ports.provider import Submission
from faceswap.provider.modelslab import client as module
from faceswap.provider.modelslab.client import ModelsLabClient
from faceswap.rules.reply import Reply
from tests.support.servers import Answer, closed_port, http_server, socket_server

KEY = 'k"ey-123456'
ACCEPTED = b'{"status":"processing","id":298}'
SUBMISSION = Submission(
    init_video="https://a.example/v.mp4",
    init_image="https://a.example/i.png",
    reference_image="https://a.example/r.png",
    output_format="mp4",
    watermark=False,
    webhook="https://a.example/hook",
    track_id=900001,
)

# Pieces a twentieth of a second apart: two minutes, which nobody may wait for.
LONG = 2400


def test_a_submit_carries_what_the_contract_names_and_the_key_in_the_body() -> None:
    accepted = Answer(body=b'{"status":"processing","id":298,"eta":605}')
    with http_server(lambda _path: accepted) as server:
        reply = ModelsLabClient(server.url + "/api/v6/").submit(KEY, SUBMISSION)

    method, path, headers, body = server.requests[0]
    assert (method, path) == ("POST", "/api/v6/faceswap/specific_video_swap")
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "key": KEY,
        "init_video": "https://a.example/v.mp4",
        "init_image": "https://a.example/i.png",
        "reference_image": "https://a.example/r.png",
        "output_format": "mp4",
        "watermark": False,
        "webhook": "https://a.example/hook",
        "track_id": 900001,
    }
    assert reply.outcome == "accepted"
    assert reply.request_id == "298"


def test_a_fetch_asks_for_one_id_at_an_address_of_our_own() -> None:
    done = Answer(body=b'{"status":"success","id":298,"output":["https://a.example/r.mp4"]}')
    with http_server(lambda _path: done) as server:
        reply = ModelsLabClient(server.url).fetch(KEY, "298")

    assert server.requests[0][1] == "/faceswap/fetch/298"
    assert json.loads(server.requests[0][3]) == {"key": KEY}
    assert reply.urls == ("https://a.example/r.mp4",)


def test_headers_of_a_refusal_are_read() -> None:
    with http_server(lambda _path: Answer(429, b"{}", {"Retry-After": "77"})) as server:
        reply = ModelsLabClient(server.url).submit(KEY, SUBMISSION)

    assert (reply.outcome, reply.retry_after) == ("not_started", 77)


def test_our_key_is_blotted_out_of_what_comes_back() -> None:
    echo = json.dumps({"status": "error", "message": f"key {KEY} is odd"}).encode()
    with http_server(lambda _path: Answer(body=echo)) as server:
        reply = ModelsLabClient(server.url).submit(KEY, SUBMISSION)

    assert reply.text == "key [key] is odd"


def test_a_server_that_cannot_be_reached_has_started_nothing() -> None:
    client = ModelsLabClient(f"http://127.0.0.1:{closed_port()}")

    assert client.submit(KEY, SUBMISSION).outcome == "not_started"
    assert client.fetch(KEY, "1").outcome == "unclear"


@pytest.mark.parametrize("call", ["submit", "fetch"])
@pytest.mark.parametrize(
    "serve",
    [
        lambda _connection: None,
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"),
        lambda connection: connection.sendall(b"nonsense\r\n\r\n"),
    ],
    ids=["hangs up", "cuts the answer", "no http"],
)
def test_a_lost_answer_is_ambiguous(call: str, serve: Callable[[socket.socket], None]) -> None:
    with socket_server(serve) as url:
        assert _ask(url, call).outcome == ("ambiguous" if call == "submit" else "unclear")


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nx-slow: "], ids=["body", "header"]
)
@pytest.mark.parametrize("call", ["submit", "fetch", "delete"])
def test_an_answer_that_trickles_on_is_given_up_in_time(
    call: str, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, f"_{call.upper()}_SECONDS", 0.4)
    given_up, said_all = threading.Event(), threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(begun)
        for _ in range(LONG):
            if given_up.wait(0.05):
                return
            with suppress(OSError):
                connection.sendall(b" ")
        said_all.set()

    with socket_server(trickle) as url:
        try:
            if call == "delete":
                assert ModelsLabClient(url).delete(KEY, "1") is False
            else:
                assert _ask(url, call).outcome == ("ambiguous" if call == "submit" else "unclear")
            assert not said_all.is_set()
        finally:
            given_up.set()


@pytest.mark.parametrize(
    ("packed", "headers"),
    [
        (gzip.compress(ACCEPTED), {"content-encoding": "gzip"}),
        (gzip.compress(ACCEPTED), {}),
        (zlib.compress(ACCEPTED), {"content-encoding": "deflate"}),
        (zlib.compress(ACCEPTED)[2:-4], {"content-encoding": "deflate"}),
        (ACCEPTED, {"content-encoding": "gzip"}),
        (ACCEPTED, {"content-encoding": "deflate"}),
        (ACCEPTED, {"content-encoding": "utf-8"}),
        (zlib.compress(ACCEPTED), {}),
        (gzip.compress(gzip.compress(ACCEPTED)), {"content-encoding": "gzip"}),
    ],
    ids=[
        "gzip",
        "unnamed",
        "deflate",
        "bare deflate",
        "not gzip",
        "not deflate",
        "charset",
        "unnamed zlib",
        "twice",
    ],
)
def test_an_answer_that_comes_packed_is_read(packed: bytes, headers: dict[str, str]) -> None:
    with http_server(lambda _path: Answer(body=packed, headers=headers)) as server:
        assert ModelsLabClient(server.url).submit(KEY, SUBMISSION).request_id == "298"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br"])
def test_an_answer_in_a_coding_that_is_not_supported_is_lost(coding: str) -> None:
    packed = Answer(body=ACCEPTED, headers={"content-encoding": coding})
    with http_server(lambda _path: packed) as server:
        assert ModelsLabClient(server.url).submit(KEY, SUBMISSION).outcome == "ambiguous"
        assert ModelsLabClient(server.url).fetch(KEY, "298").outcome == "unclear"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed_and_the_key_is_never_sent_there(status: int) -> None:
    with http_server(lambda _path: Answer(body=ACCEPTED)) as elsewhere:
        location = f"{elsewhere.url}/api?key={KEY}&x={KEY}"
        moved = Answer(status, headers={"location": location})
        with http_server(lambda _path: moved) as server:
            submitted = ModelsLabClient(server.url).submit(KEY, SUBMISSION)
            fetched = ModelsLabClient(server.url).fetch(KEY, "298")
            assert ModelsLabClient(server.url).delete(KEY, "298") is False

    assert elsewhere.requests == []
    assert submitted.outcome == ("ambiguous" if status in {302, 303} else "not_started")
    assert (fetched.outcome, fetched.remedy) == ("unclear", "update_address")
    assert submitted.location == fetched.location == f"{elsewhere.url}/api"


@pytest.mark.parametrize(
    "begun",
    [
        b"HTTP/1.1 308 Moved\r\nlocation: https://new.example/x\r\ncontent-length: 50\r\n\r\n{}",
        b"HTTP/1.1 301 Moved\r\nlocation: https://new.example/x\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{",
    ],
)
def test_a_redirect_whose_body_breaks_off_is_one_all_the_same(begun: bytes) -> None:
    with socket_server(lambda connection: connection.sendall(begun)) as url:
        reply = ModelsLabClient(url).submit(KEY, SUBMISSION)

    assert (reply.outcome, reply.location) == ("not_started", "https://new.example/x")


@pytest.mark.parametrize(
    "echo",
    [
        json.dumps({"status": "error", "message": "bad RvKey0123/x"}).encode("utf-16"),
        json.dumps({"status": "error", "message": "bad RvKey0123/x"}).encode("utf-16-le"),
        b'{"status":"error","message":"bad \\u0052vKey0123\\/x"}',
        b"<p>bad RvKey0123/x and RvKey0123%2Fx and RvKey0123\\/x and \\u0052vKey0123/x",
    ],
)
@pytest.mark.parametrize("call", ["submit", "fetch"])
def test_our_key_is_blotted_out_however_it_is_spelt(echo: bytes, call: str) -> None:
    key = "RvKey0123/x"
    with http_server(lambda _path: Answer(400, echo)) as server:
        client = ModelsLabClient(server.url)
        reply = client.submit(key, SUBMISSION) if call == "submit" else client.fetch(key, "1")

    assert "RvKey0123" not in f"{reply.text} {reply.unread}".replace("\0", "").replace(" ", "")


def test_every_request_says_who_asks_and_repeats_no_cookie() -> None:
    cookie = Answer(body=ACCEPTED, headers={"set-cookie": "session=1; path=/"})
    with http_server(lambda _path: cookie) as server:
        client = ModelsLabClient(server.url)
        client.submit(KEY, SUBMISSION)
        client.fetch(KEY, "298")
        client.delete(KEY, "298")

    for _, _, headers, _ in server.requests:
        assert headers["user-agent"] == f"faceswap-adapter/{VERSION}"
        assert "cookie" not in headers


@pytest.mark.parametrize("call", ["submit", "fetch", "delete"])
def test_what_comes_compressed_is_unpacked_within_the_limit_only(call: str) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    packed = Answer(body=bomb, headers={"content-encoding": "gzip"})
    with http_server(lambda _path: packed) as server:
        tracemalloc.start()
        try:
            if call == "delete":
                assert ModelsLabClient(server.url).delete(KEY, "1") is False
            else:
                assert _ask(server.url, call).outcome in {"ambiguous", "unclear"}
            assert tracemalloc.get_traced_memory()[1] < 10_000_000
        finally:
            tracemalloc.stop()


def test_a_very_large_answer_is_not_read_to_its_end() -> None:
    large = Answer(body=b'{"status":"processing","id":1,"x":"' + b"a" * 2_000_000 + b'"}')
    with http_server(lambda _path: large) as server:
        reply = ModelsLabClient(server.url).submit(KEY, SUBMISSION)

    assert reply.outcome == "ambiguous"


def _ask(url: str, call: str) -> Reply:
    client = ModelsLabClient(url)
    return client.submit(KEY, SUBMISSION) if call == "submit" else client.fetch(KEY, "1")


@pytest.mark.parametrize(
    ("answer", "done"),
    [
        (Answer(body=b'{"status":"success","messege":"image deleted"}'), True),
        (Answer(body=b'{"status":"failed","message":"Request not found"}'), False),
        (Answer(500, b'{"status":"success"}'), False),
        (Answer(body=b"<html>"), False),
        (Answer(body=b"[]"), False),
    ],
)
def test_a_deletion_counts_only_if_the_provider_says_so(answer: Answer, done: bool) -> None:
    with http_server(lambda _path: answer) as server:
        told = ModelsLabClient(server.url + "/api/v6").delete(KEY, "298")

    assert told is done
    assert server.requests[0][1] == "/api/v3/delete_image"
    assert json.loads(server.requests[0][3]) == {"key": KEY, "request_id": 298, "type": "video"}


def test_a_deletion_that_reaches_nobody_is_not_done() -> None:
    assert ModelsLabClient(f"http://127.0.0.1:{closed_port()}").delete(KEY, "ab-1") is False
