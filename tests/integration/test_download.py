"""Reading a result: only a whole video from an admitted place passes."""

import base64
import hashlib
import socket
import threading
import time
from contextlib import suppress

import pytest

from faceswap.provider.download import DownloadError, ResultReader
from tests.support.servers import Answer, closed_port, http_server, socket_server
from tests.unit.boxes import FTYP, MDAT, MOOV, box

VIDEO = FTYP + MOOV + box(b"mdat", bytes(300_000))
HTML = b"<!doctype html><html><body>Bad Gateway</body></html>"


def reader(
    *, largest: int = 10_000_000, seconds: float = 20, allow_loopback: bool = True
) -> ResultReader:
    return ResultReader(allow_loopback=allow_loopback, largest=largest, seconds=seconds)


def read(url: str, **limits: float) -> bytes:
    made = ResultReader(
        allow_loopback=True,
        largest=int(limits.get("largest", 10_000_000)),
        seconds=limits.get("seconds", 20),
    )
    with made.open(url) as stream:
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
        reader().open(f"{server.url}/v") as stream,
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
        (Answer(body=VIDEO, headers={"content-encoding": "gzip"}), "compressed"),
        (Answer(body=b""), "is not a video"),
    ],
    ids=["html", "cut off", "truncated", "zeros", "not there yet", "compressed", "empty"],
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
        read(f"{server.url}/v.mp4", largest=1000)


def test_a_redirect_within_the_same_place_is_followed() -> None:
    def answer(path: str) -> Answer:
        return (
            Answer(302, headers={"location": "/there"}) if path == "/here" else Answer(body=VIDEO)
        )

    with http_server(answer) as server:
        assert read(f"{server.url}/here") == VIDEO


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://elsewhere.example/v.mp4", "another place"),
        ("http://169.254.169.254/latest/meta-data", "another place"),
        ("/here", "redirects too often"),
    ],
)
def test_other_redirects_are_not(location: str, reason: str) -> None:
    redirect = Answer(302, headers={"location": location})
    with http_server(lambda _path: redirect) as server, pytest.raises(DownloadError, match=reason):
        read(f"{server.url}/here")

    assert len(server.requests) <= 4


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
        monkeypatch.setattr("faceswap.provider.download.check_url", lambda url, **_: url)
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
    given_up = threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(begun)
        for _ in range(200):
            if given_up.wait(0.05):
                return
            with suppress(OSError):
                connection.sendall(b"2")

    with socket_server(trickle) as url:
        began = time.monotonic()
        try:
            with pytest.raises(DownloadError, match="took too long"):
                read(f"{url}/v.mp4", seconds=0.5)
            assert time.monotonic() - began < 5
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
        monkeypatch.setattr("faceswap.provider.download.check_url", lambda url, **_: url)
        assert read(f"http://cdn.example.com:{port}/v.mp4") == VIDEO

    assert asked.count("cdn.example.com") == 1


def test_nothing_is_admitted_from_loopback_unless_allowed() -> None:
    with (
        http_server(lambda _path: Answer(body=MDAT)) as server,
        pytest.raises(DownloadError, match="the link must"),
        reader(allow_loopback=False).open(f"{server.url}/v.mp4"),
    ):
        pass

    assert not server.requests
