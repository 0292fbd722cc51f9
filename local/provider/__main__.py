"""`python -m local.provider serve --port P --work DIR --key KEY`: prints `ready URL` once it listens.

`python -m local.provider swap VIDEO FACE REFERENCE -o OUT` swaps once, without a server.
"""

import argparse
import os
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import uvicorn

from local.command import finish
from local.listeners import bind_refused
from local.provider import swap_command
from local.provider.app import Options, Provider
from local.provider.connections import KnownConnection
from local.provider.database import DatabaseError

# How long a stop waits for requests under way; an early webhook's submit may last minutes.
_GRACE_SECONDS = 1


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


class _Server(uvicorn.Server):
    """Says that it is ready once it answers, and once Ctrl-C is its own to handle: not before."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"ready {self._url}", flush=True)


def main() -> int:
    """Swap once, or serve until told to stop: Ctrl-C raises KeyboardInterrupt."""
    parser = _Parser(prog="local.provider")
    commands = parser.add_subparsers(required=True)
    swap_command.add_to(commands)
    serve = commands.add_parser("serve", help="answer as the provider does")
    serve.add_argument("--port", type=_port, default=0, help="0 takes a free one")
    serve.add_argument("--work", type=Path, required=True, help="where results are kept")
    serve.add_argument(
        "--key", default=os.environ.get("PROVIDER_KEY"), help="the API key that clients must send"
    )
    serve.add_argument("--public-url", help="under which clients reach it")
    serve.add_argument("--queue-limit", type=int, default=5, help="jobs that may be unfinished")
    cores = os.cpu_count() or 1
    serve.add_argument("--at-once", type=int, default=cores, help="swaps at the same time")
    serve.add_argument(
        "--link-seconds", type=float, default=86400, help="how long results are kept"
    )
    serve.add_argument(
        "--chaos", action="store_true", help="let the control side change its behaviour"
    )
    serve.add_argument(
        "--canned", type=Path, help="a file that stands in for what the engine makes"
    )
    given = parser.parse_args()
    if "run" in given:
        code: int = given.run(given)
        return code
    if not given.key:
        parser.error("--key or PROVIDER_KEY is needed")
    if given.canned and not given.canned.is_file():
        parser.error("--canned names no file")
    if min(given.at_once, given.queue_limit, given.link_seconds) <= 0:
        parser.error("--at-once, --queue-limit and --link-seconds are above zero")
    try:
        listener = socket.create_server(("127.0.0.1", given.port))
    except OSError as error:
        parser.error(f"--port {given.port}: {bind_refused(given.port, error)}")
    # asyncio leaves this out for a listener it is handed; each answer would wait 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    options = Options(
        folder=given.work,
        key=given.key,
        public_url=(given.public_url or url).rstrip("/"),
        queue_limit=given.queue_limit,
        at_once=given.at_once,
        link_lifetime=timedelta(seconds=given.link_seconds),
        chaos=given.chaos,
        canned=given.canned,
    )
    try:
        provider = Provider(options)
    except DatabaseError as error:
        parser.error(str(error))
    # No access log: the ledger tells more, and holds no address.
    config = uvicorn.Config(
        provider.app(),
        http=KnownConnection,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    _Server(config, url).run(sockets=[listener])
    return 0


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: a number from 0 to 65535 is")
    return int(text)


if __name__ == "__main__":
    finish(main)
