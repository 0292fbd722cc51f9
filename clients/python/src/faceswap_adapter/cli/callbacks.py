"""`faceswap callbacks verify`: whether a callback that came is from the stack (Standard Webhooks)."""

import argparse
import os
import sys
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

from faceswap_adapter.cli.settings import UsageError, add_connection, connect
from faceswap_adapter.cli.shown import print_json
from faceswap_adapter.errors import FaceswapError

_VARIABLE = "FACESWAP_CALLBACK_SECRET"
_WANTED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class NotVerifiedError(FaceswapError):
    """The callback is not what this stack has signed."""


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    verify = parser.add_subparsers(required=True, metavar="verify").add_parser(
        "verify", help="look at the signature of one that came in the last five minutes"
    )
    verify.add_argument("body", help="file with the body as it came, byte by byte; - reads it here")
    verify.add_argument(
        "-H", dest="header", action="append", default=[], metavar="'NAME: VALUE'", help="a header"
    )
    verify.add_argument("--headers", type=Path, help="a file with the headers, one a line")
    verify.add_argument("--json", action="store_true", help="print what it says as JSON")
    add_connection(verify)
    verify.epilog = (
        f"The secret is that of {_VARIABLE} (whsec_…), else those that the API shows you."
    )


def run(given: argparse.Namespace) -> int:
    """Verify one. Raises NotVerifiedError if no secret fits."""
    headers = _headers(given)
    body = sys.stdin.buffer.read() if given.body == "-" else Path(given.body).read_bytes()
    faults = []
    for secret in _secrets(given):
        try:
            told = Webhook(secret).verify(body, headers)
        except (
            WebhookVerificationError,
            ValueError,
        ) as error:  # a header or body that is no text is the latter
            faults.append(str(error))
            continue
        if given.json:
            print_json(told)
        else:
            job = told.get("data", {}).get("job_id", "no job") if isinstance(told, dict) else told
            sys.stdout.write(f"It is signed by this stack: {headers['webhook-id']} ({job})\n")
        return 0
    raise NotVerifiedError(f"it is not what this stack has signed: {faults[0]}")


def _headers(given: argparse.Namespace) -> dict[str, str]:
    lines = [*given.header, *(given.headers.read_text().splitlines() if given.headers else ())]
    pairs = [line.partition(":") for line in lines if ":" in line]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    missing = [name for name in _WANTED if name not in headers]
    if missing:
        raise UsageError(f"these headers are missing: {', '.join(missing)}")
    return headers


def _secrets(given: argparse.Namespace) -> list[str]:
    known = os.environ.get(_VARIABLE)
    if known:
        return [known]
    with connect(given) as client:
        return [each.secret for each in client.callback_secrets()]
