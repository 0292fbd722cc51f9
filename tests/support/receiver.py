"""A client's server that takes callbacks, well or badly."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import NamedTuple

# Far longer than a try may take.
_TIMEOUT_SECONDS = 60.0


class Reply(NamedTuple):
    """What it answers; `endless` goes on until the other side leaves, `hangs` says nothing, `breaks` hangs up."""

    status: int = 204
    headers: Mapping[str, str] = {}
    body: bytes = b""
    endless: bool = False
    hangs: bool = False
    breaks: bool = False


class Post(NamedTuple):
    """One callback that came; its path without the slash before it."""

    path: str
    headers: dict[str, str]
    body: bytes


Answers = Callable[[str, int], Reply]
"""What is answered to the so-manieth POST, from 1 on, to a path."""


@dataclass
class Receiver:
    """Where it listens, and what has come."""

    port: int
    posts: list[Post] = field(default_factory=list)
    ended: Event = field(default_factory=Event)
    most_hanging: int = 0
    _hanging: int = 0
    _lock: Lock = field(default_factory=Lock)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}/{path}"

    @property
    def hanging(self) -> int:
        """How many it leaves waiting now."""
        with self._lock:
            return self._hanging

    def of(self, path: str) -> list[Post]:
        """All that came to a path, the oldest first."""
        with self._lock:
            return [post for post in self.posts if post.path == path]

    def hang(self, connection: socket.socket) -> None:
        """Say nothing until the other side has left."""
        with self._lock:
            self._hanging += 1
            self.most_hanging = max(self.most_hanging, self._hanging)
        connection.settimeout(_TIMEOUT_SECONDS)
        with suppress(OSError):
            connection.recv(1)
        with self._lock:
            self._hanging -= 1

    def take(self, post: Post) -> int:
        """Note a POST; how many there were to its path, this one among them."""
        with self._lock:
            self.posts.append(post)
            return sum(each.path == post.path for each in self.posts)


@contextmanager
def receiver(answers: Answers | None = None) -> Iterator[Receiver]:
    """A receiver on a free port of this machine; without `answers` it takes everything."""
    decide = answers or (lambda _path, _number: Reply())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = self.path.partition("?")[0].removeprefix("/")
            number = here.take(Post(path, headers, self.rfile.read(length)))
            with suppress(OSError):
                self._answer(decide(path, number))
            self.close_connection = True

        def _answer(self, reply: Reply) -> None:
            if reply.hangs:
                here.hang(self.connection)
                return
            if reply.breaks:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not reply.endless:
                self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            while reply.endless and not here.ended.is_set():
                self.wfile.write(bytes(4096))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        here = Receiver(server.server_address[1])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield here
        finally:
            here.ended.set()
            server.shutdown()
            thread.join()
