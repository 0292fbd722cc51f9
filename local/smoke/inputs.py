"""The address by which the provider reads an input, followed while the job is with the provider."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx

from faceswap.rules.links import input_token, input_url
from local.smoke.target import Target

_SENT_WITHIN = 600.0
_ASKS_EVERY = 0.3


def input_address(
    target: Target, job_id: str, video: Path, is_over: Callable[[], bool]
) -> dict[str, Any]:
    """What HEAD and GET on the video's address give, as soon as the job is sent; it is closed once the job is over."""
    secrets = boto3.client("secretsmanager")
    secret = secrets.get_secret_value(SecretId=target.outputs["WebhookSecretArn"])["SecretString"]
    token = input_token(secret.strip(), job_id, "init_video")
    extension = video.suffix.removeprefix(".")
    link = input_url(target.api_url, job_id, token, "init_video", extension)
    with httpx.Client(timeout=60, trust_env=False) as http:
        end = time.monotonic() + _SENT_WITHIN
        while http.head(link).status_code != httpx.codes.FOUND:
            if is_over() or time.monotonic() > end:
                break
            time.sleep(_ASKS_EVERY)
        head = http.head(link, follow_redirects=True)
        read = http.get(link, follow_redirects=True)
    return {
        "HEAD": head.status_code,
        "GET": read.status_code,
        "length": head.headers.get("content-length") == str(video.stat().st_size),
        "the upload": read.content == video.read_bytes(),
    }
