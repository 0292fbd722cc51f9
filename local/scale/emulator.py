"""The emulator by itself: a table needs no stack around it."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING

from local.emulator import server
from local.emulator.aws import client
from local.stack.parts import PROJECT

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_PYTHON = PROJECT / ".venvs/emulator/bin/python"
_SECONDS = 120


@contextmanager
def emulated_dynamodb(work: Path) -> Iterator["DynamoDBClient"]:
    """A client of an emulator that keeps everything in memory and what it writes in a folder.

    Raises:
        TimeoutError: it does not answer.
    """
    with create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    with (work / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            server.command(_PYTHON),
            env=server.environment(port, work),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(port)
            dynamodb: DynamoDBClient = client("dynamodb", server.endpoint_url(port))
            yield dynamodb
        finally:
            process.terminate()
            process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + _SECONDS
    while not server.answers(port):
        if time.monotonic() > until:
            raise TimeoutError(f"the emulator has not answered for {_SECONDS} s")
        time.sleep(0.1)
