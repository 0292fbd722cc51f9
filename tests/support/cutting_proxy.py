"""Stands before the API and cuts its answers to some requests at a chosen place."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

PLACES = ("before the status", "in the status", "in the headers", "before the body", "in the body")
AFTER = "after the body"
_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


@dataclass
class Proxy:
    """Its address in the place of the API's, how many answers it has cut, and the keys of what was asked there."""

    api_url: str
    cuts: int = 0
    keys: list[str | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@contextmanager
def cutting_proxy(api_url: str, path: str, place: str, times: int) -> Iterator[Proxy]:
    """Cuts so many answers to a POST to this path, each after the API has done its work."""
    target = urlsplit(api_url)
    origin = f"{target.scheme}://{target.netloc}"
    upstream = httpx.Client(timeout=120, trust_env=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._pass(self.rfile.read(int(self.headers.get("content-length", 0))))

        def do_GET(self) -> None:
            self._pass(b"")

        def _pass(self, body: bytes) -> None:
            proxy.asked.append(f"{self.command} {self.path.removeprefix(target.path)}")
            headers = {
                k: v for k, v in self.headers.items() if k.lower() not in {"host", *_HOP_BY_HOP}
            }
            answer = upstream.request(
                self.command, origin + self.path, headers=headers, content=body
            )
            lines = [f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}"]
            lines += [
                f"{k}: {v}" for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP
            ]
            head = "\r\n".join([*lines, f"content-length: {len(answer.content)}", "", ""]).encode()
            whole = head + answer.content
            is_meant = self.command == "POST" and self.path.endswith(path)
            if is_meant:
                proxy.keys.append(self.headers.get("idempotency-key"))
            if is_meant and proxy.cuts < times:
                proxy.cuts += 1
                whole = whole[: _length(place, head, whole)]
                self.close_connection = True
            self.wfile.write(whole)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy = Proxy(f"http://127.0.0.1:{server.server_port}{target.path}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
            upstream.close()


def _length(place: str, head: bytes, whole: bytes) -> int:
    return {
        "before the status": 0,
        "in the status": 6,
        "in the headers": len(head) // 2,
        "before the body": len(head),
        "in the body": (len(head) + len(whole)) // 2,
        AFTER: len(whole),
    }[place]
