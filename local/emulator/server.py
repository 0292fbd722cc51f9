"""The emulator's own process: command, environment, and whether it answers."""

import http.client
import os
from pathlib import Path

from local.emulator.aws import CREDENTIALS
from local.emulator.session import REGION

# Set for the server only; the functions do not see them.
_SETTINGS = {
    "AUTH": "true",
    "BIND_HOST": "127.0.0.1",
    "MINISTACK_HOST": "localhost",
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "SFN_WAIT_SCALE": "1",
}
HIDDEN = (*_SETTINGS, "GATEWAY_PORT")


def command(python: Path) -> list[str]:
    """Starts the server with the interpreter of its own environment."""
    return [str(python), "-m", "ministack"]


def endpoint_url(port: int) -> str:
    """Where the AWS APIs are; 127.0.0.1 because presigned URLs take it over."""
    return f"http://127.0.0.1:{port}"


def environment(port: int, scratch: Path) -> dict[str, str]:
    """The server's whole environment; unpacked functions go to `scratch`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "AWS_ENDPOINT_URL": endpoint_url(port),
        "AWS_DEFAULT_REGION": REGION,
        "GATEWAY_PORT": str(port),
        **CREDENTIALS,
        **_SETTINGS,
    }


def answers(port: int) -> bool:
    """Whether the server is ready for requests."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
