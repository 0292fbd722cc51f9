"""A large result passes through in bounded memory."""

import os
import subprocess
import sys
from pathlib import Path
from socket import socket

from tests.support.boxes import FTYP, MOOV
from tests.support.servers import socket_server
from tests.support.world import World

PROJECT = Path(__file__).parents[2]
MIB = 1024 * 1024
LARGE = 300 * MIB


def serve_large(connection: socket) -> None:
    """A video of 300 MiB and a bit, never whole in memory here either."""
    head = FTYP + MOOV + (LARGE + 8).to_bytes(4, "big") + b"mdat"
    length = len(head) + LARGE
    connection.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n".encode() + head)
    for _ in range(LARGE // MIB):
        connection.sendall(bytes(MIB))


def test_a_result_of_300_mib_is_archived_in_less_than_200(world: World) -> None:
    bucket = str(world.stack.media_bucket)
    paths = (PROJECT / "layers/faceswap/python", PROJECT)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    with socket_server(serve_large) as url:
        command = [sys.executable, "-m", "tests.support.collect_large", f"{url}/large.mp4"]
        done = subprocess.run(
            [*command, world.stack.aws_endpoint_url, bucket],
            env=environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    size, memory = map(int, done.stdout.split())
    key = "results/job_" + "a" * 26 + "/large.mp4"
    stored = world.aws("s3").head_object(Bucket=bucket, Key=key)["ContentLength"]
    world.aws("s3").delete_object(Bucket=bucket, Key=key)

    assert LARGE < size == stored
    assert 20 * MIB < memory < 200 * MIB
