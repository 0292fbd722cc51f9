"""Serves a folder of files, and `config.json`, which says where the page is, with the same headers for each."""

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from typing import Any

CONFIG = "/config.json"


class Page(ThreadingHTTPServer):
    """The server. `told` is `{"headers": {…}, "config": {…}}`."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path, told: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.headers: dict[str, str] = told["headers"]
        self.config = json.dumps(told["config"]).encode()


class _Handler(SimpleHTTPRequestHandler):
    server: Page
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def do_GET(self) -> None:
        if self.path == CONFIG:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(self.server.config)))
            self.end_headers()
            self.wfile.write(self.server.config)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("cache-control", "no-cache")
        super().end_headers()

    def list_directory(self, path: str | PathLike[str]) -> None:
        """Show no folder."""
        del path
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the path may hold a sign-in's code."""
