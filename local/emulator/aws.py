"""Clients of the emulator's AWS APIs with the root credentials."""

from typing import Any

from botocore.config import Config

from local.emulator.session import own_session
from local.emulator.transform import REGION

# Made at run time from botocore's models; the stubs hold only some of the services.
Client = Any

ROOT_KEY = "test"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": ROOT_KEY, "AWS_SECRET_ACCESS_KEY": ROOT_KEY}


def client(service: str, endpoint_url: str) -> Client:
    """A boto3 client of one service of the emulator."""
    session = own_session(REGION, ROOT_KEY)
    config = Config(
        retries={"max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=60, proxies={}
    )
    return session.client(service, endpoint_url=endpoint_url, config=config)
