"""Reading a result: only a whole video from an admitted place passes."""

import base64
import gzip
import hashlib
import socket
import threading
import tracemalloc
import zlib
from contextlib import suppress

import pytest

from faceswap import VERSION
from faceswap.egress.download import HttpResultReader
from faceswap.ports.results import DownloadError
from tests.support.boxes import FTYP, MDAT, MOOV, box
from tests.support.servers import Answer, closed_port, http_server, socket_server

# Pieces a twentieth of a second apart: two minutes, which nobody may wait for.
LONG = 2400

VIDEO = FTYP + MOOV + box(b"mdat", bytes(300_000))
HTML = b"<!doctype html><html><body>Bad Gateway</body></html>"


def reader(*, max_bytes: int = 10_000_000, allow_loopback: bool = True) -> HttpResultReader:
    return HttpResultReader(allow_loopback=allow_loopback, max_bytes=max_bytes)


def read(url: str, **limits: float) -> bytes:
    made = reader(max_bytes=int(limits.get("max_bytes", 10_000_000)))
    with made.open(url, limits.get("seconds", 20)) as stream:
        data = b""
        while chunk := stream.read(65536):
            assert len(chunk) <= 65536
            data += chunk
        assert stream.size == len(data)
        assert stream.sha256 == base64.b64encode(hashlib.sha256(data).digest()).decode()
    return data


def test_a_whole_video_is_read_with_its_size_and_sum() -> None:
    with http_server(lambda _path: Answer(body=VIDEO)) as server:
        assert read(f"{server.url}/v.mp4?sig=1") == VIDEO
        assert read(f"{server.url}/a//v.mp4") == VIDEO

    assert server.requests[1][1] == "/a//v.mp4"
    assert server.requests[0][2]["host"] == server.url.removeprefix("http://")


def test_a_length_need_not_be_announced() -> None:
    with http_server(lambda _path: Answer(body=VIDEO, announce=False)) as server:
        assert read(f"{server.url}/v.mp4") == VIDEO


def test_the_whole_rest_can_be_read_at_once() -> None:
    with (
        http_server(lambda _path: Answer(body=VIDEO)) as server,
        reader().open(f"{server.url}/v", 20) as stream,
    ):
        assert stream.read() == VIDEO


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(body=HTML), "is not a video"),
        (Answer(body=VIDEO, cut=5000), "connection broke"),
        (Answer(body=VIDEO[:-10]), "is not a video: it is cut off"),
        (Answer(body=FTYP + bytes(100_000)), "is not a video"),
        (Answer(404, b"soon"), "answered 404"),
        (Answer(body=VIDEO, headers={"content-encoding": "br"}), "compressed"),
        (
            Answer(body=gzip.compress(VIDEO)[:-9], headers={"content-encoding": "gzip"}),
            "breaks off",
        ),
        (Answer(body=gzip.compress(HTML), headers={"content-encoding": "gzip"}), "is not a video"),
        (Answer(body=b"\x1f\x8b" + VIDEO, headers={"content-encoding": "gzip"}), "broken"),
        (Answer(body=b""), "is not a video"),
    ],
    ids=[
        "html",
        "cut off",
        "truncated",
        "zeros",
        "not there yet",
        "brotli",
        "half unpacked",
        "packed page",
        "no gzip",
        "empty",
    ],
)
def test_anything_else_is_refused(answer: Answer, reason: str) -> None:
    with http_server(lambda _path: answer) as server, pytest.raises(DownloadError, match=reason):
        read(f"{server.url}/v.mp4")


@pytest.mark.parametrize("announce", [True, False])
def test_a_result_above_the_limit_is_refused(announce: bool) -> None:
    with (
        http_server(lambda _path: Answer(body=VIDEO, announce=announce)) as server,
        pytest.raises(DownloadError, match="larger than allowed"),
    ):
        read(f"{server.url}/v.mp4", max_bytes=1000)


CODED = [
    (gzip.compress(VIDEO), "gzip"),
    (gzip.compress(VIDEO), "X-GZip"),
    (gzip.compress(VIDEO[:5000]) + gzip.compress(VIDEO[5000:]), "gzip"),
    (zlib.compress(VIDEO), "deflate"),
    (zlib.compress(VIDEO)[2:-4], "deflate"),
    (gzip.compress(zlib.compress(VIDEO)), "deflate, gzip"),
    (VIDEO, "gzip"),
    (VIDEO, "deflate"),
    *((VIDEO, name) for name in ("", "aws-chunked", "UTF-8", "none", "binary", "Identity", "x")),
    (gzip.compress(VIDEO), "aws-chunked,gzip"),
]


@pytest.mark.parametrize(("body", "coding"), CODED, ids=[coding for _, coding in CODED])
@pytest.mark.parametrize("announce", [True, False])
def test_a_coding_that_changes_bytes_is_undone_and_any_other_is_ignored(
    body: bytes, coding: str, announce: bool
) -> None:
    answer = Answer(body=body, headers={"content-encoding": coding}, announce=announce)
    with http_server(lambda _path: answer) as server:
        assert read(f"{server.url}/v.mp4") == VIDEO


def test_what_comes_packed_is_unpacked_within_the_limit_only() -> None:
    bomb = gzip.compress(FTYP + MOOV + box(b"mdat", bytes(80_000_000)))
    answer = Answer(body=bomb, headers={"content-encoding": "gzip"})
    with http_server(lambda _path: answer) as server:
        tracemalloc.start()
        try:
            with pytest.raises(DownloadError, match="larger than allowed"):
                read(f"{server.url}/v.mp4", max_bytes=1_000_000)
            assert tracemalloc.get_traced_memory()[1] < 10_000_000
        finally:
            tracemalloc.stop()


def test_redirects_are_followed_five_times_to_any_admitted_place_without_anything_of_ours() -> None:
    hops = {f"/{number}": f"/{number + 1}" for number in range(4)}

    def answer(path: str) -> Answer:
        if path.partition("?")[0] in hops:
            return Answer(
                307, headers={"location": hops[path.partition("?")[0]], "set-cookie": "a=b"}
            )
        if path == "/4":
            elsewhere = server.url.replace("127.0.0.1", "127.1")
            return Answer(302, headers={"location": f"{elsewhere}/my caf\xe9.mp4"})
        return Answer(body=VIDEO)

    with http_server(answer) as server:
        assert read(f"{server.url}/0?sig=1") == VIDEO

    *_, last = server.requests
    assert last[1] == "/my%20caf%C3%A9.mp4"
    assert last[2]["host"].startswith("127.1:")
    assert len(server.requests) == 6
    for _, path, headers, _ in server.requests:
        assert path.endswith("?sig=1") == (path.startswith("/0"))
        assert headers.keys() <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
        assert headers["user-agent"] == f"faceswap-adapter/{VERSION}"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data", "the link must begin with https"),
        ("https://10.0.0.1/v.mp4", "the link must name a public address"),
        ("//192.168.0.1/v.mp4", "the link must begin with https"),
        ("https://0x7f.1/v.mp4", "cannot be reached"),
        ("https://cdn.example:8443/v.mp4", "the link must use port 443"),
        ("http://cdn.example/v.mp4", "the link must begin with https"),
        ("https://u:p@cdn.example/v.mp4", "must not hold credentials"),
        ("file:///etc/passwd", "the link is not a URL"),
        ("https://[broken/", "what is not a URL"),
        ("", "redirects too often"),
        ("/here", "redirects too often"),
    ],
)
def test_a_redirect_is_judged_like_the_first_link(location: str, reason: str) -> None:
    redirect = Answer(302, headers={"location": location})
    with http_server(lambda _path: redirect) as server, pytest.raises(DownloadError, match=reason):
        read(f"{server.url}/here")

    assert len(server.requests) <= 6


def test_a_redirect_to_a_name_that_leads_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve = socket.getaddrinfo

    def inside(name: str, port: int, *_: object, **__: object) -> object:
        target = "10.0.0.7" if name == "cdn.example.com" else name
        return resolve(target, port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    redirect = Answer(301, headers={"location": "https://cdn.example.com/v.mp4"})
    with (
        http_server(lambda _: redirect) as server,
        pytest.raises(DownloadError, match="not public"),
    ):
        read(f"{server.url}/here")


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/v.mp4",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "https://localhost/v.mp4",
    ],
)
def test_a_forbidden_link_is_not_opened(url: str) -> None:
    with pytest.raises(DownloadError, match=r"the link (must|is not a URL)"):
        read(url)


def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_name: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET, None, 6, "", ("8.8.8.8", port)),
            (socket.AF_INET, None, 6, "", ("10.0.0.7", port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(DownloadError, match="not public"):
        read("https://cdn.example.com/v.mp4")


def test_a_name_that_leads_nowhere_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(DownloadError, match="cannot be reached"):
        read("https://cdn.example.com/v.mp4")


def test_the_judged_address_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def loopback(_name: str, port: int, *_: object, **__: object) -> object:
        return resolve("127.0.0.1", port, type=socket.SOCK_STREAM)

    with http_server(lambda _path: Answer(body=VIDEO)) as server:
        port = int(server.url.rpartition(":")[2])
        monkeypatch.setattr(socket, "getaddrinfo", loopback)
        monkeypatch.setattr("faceswap.egress.download.check_url", lambda url, **_: url)
        assert read(f"http://cdn.example.com:{port}/v.mp4") == VIDEO

    assert server.requests[0][2]["host"] == f"cdn.example.com:{port}"


def test_nobody_there_and_a_url_that_is_none() -> None:
    with pytest.raises(DownloadError, match="cannot be reached"):
        read(f"http://127.0.0.1:{closed_port()}/v.mp4")
    with pytest.raises(DownloadError, match="is not a URL"):
        read("https:///v.mp4")


@pytest.mark.parametrize(
    "begun",
    [
        b"HTTP/1.1 200 OK\r\n\r\n" + FTYP + MOOV + (10**6).to_bytes(4, "big") + b"mdat",
        b"HTTP/1.1 200 OK\r\nx-slow: ",
        b"HTTP/1.1 ",
    ],
    ids=["body", "header", "status"],
)
def test_what_trickles_is_given_up_in_time(begun: bytes) -> None:
    given_up, said_all = threading.Event(), threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(begun)
        for _ in range(LONG):
            if given_up.wait(0.05):
                return
            with suppress(OSError):
                connection.sendall(b"2")
        said_all.set()

    with socket_server(trickle) as url:
        try:
            with pytest.raises(DownloadError, match="took too long"):
                read(f"{url}/v.mp4", seconds=0.5)
            assert not said_all.is_set()
        finally:
            given_up.set()


def test_a_second_answer_of_the_dns_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo
    asked = []

    def rebind(name: str, port: int, *_: object, **__: object) -> object:
        asked.append(name)
        turned = name == "cdn.example.com" and asked.count(name) > 1
        target = "10.0.0.7" if turned else "127.0.0.1"
        return resolve(target, port, type=socket.SOCK_STREAM)

    with http_server(lambda _path: Answer(body=VIDEO)) as server:
        port = int(server.url.rpartition(":")[2])
        monkeypatch.setattr(socket, "getaddrinfo", rebind)
        monkeypatch.setattr("faceswap.egress.download.check_url", lambda url, **_: url)
        assert read(f"http://cdn.example.com:{port}/v.mp4") == VIDEO

    assert asked.count("cdn.example.com") == 1


def test_nothing_is_admitted_from_loopback_unless_allowed() -> None:
    with (
        http_server(lambda _path: Answer(body=MDAT)) as server,
        pytest.raises(DownloadError, match="the link must"),
        reader(allow_loopback=False).open(f"{server.url}/v.mp4", 20),
    ):
        pass

    assert not server.requests
