"""Clients of the emulator's AWS APIs with the root credentials."""

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from local.emulator.session import REGION, own_session

# Made at run time from botocore's models; the stubs hold only some of the services.
Client = Any

ROOT_KEY = "test"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": ROOT_KEY, "AWS_SECRET_ACCESS_KEY": ROOT_KEY}

# A session makes one client at a time; the clients themselves may be used by any thread.
_making = threading.Lock()


def client(service: str, endpoint_url: str) -> Client:
    """A boto3 client of one service of the emulator."""
    config = Config(
        retries={"max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=60, proxies={}
    )
    with _making:
        return _session().client(service, endpoint_url=endpoint_url, config=config)


@cache
def _session() -> boto3.session.Session:
    """One for the whole process: it has read botocore's descriptions, which takes twenty times as long as a client."""
    return own_session(REGION, ROOT_KEY)
