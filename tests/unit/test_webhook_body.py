"""What a webhook's body may be."""

import gzip
from datetime import UTC, datetime

import pytest

from faceswap.provider.modelslab.webhook import read_webhook
from faceswap.rules.errors import MalformedError, TooLargeError

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
DONE = b'{"status":"success","id":298,"track_id":5,"output":["https://a.example/v.mp4"]}'
KIB_64 = 64 * 1024


@pytest.mark.parametrize(
    ("body", "coding"),
    [(DONE, None), (gzip.compress(DONE), "gzip"), (DONE.ljust(KIB_64), None),
     (gzip.compress(DONE.ljust(KIB_64)), "gzip")],
    ids=["plain", "packed", "longest", "longest, packed"],
)  # fmt: skip
def test_a_message_of_64_kib_is_read(body: bytes, coding: str | None) -> None:
    reply = read_webhook(body, coding, NOW)

    assert (reply.outcome, reply.request_id, reply.track_id) == ("succeeded", "298", "5")


def test_a_larger_one_is_not() -> None:
    with pytest.raises(TooLargeError, match="at most 65536 bytes"):
        read_webhook(DONE.ljust(KIB_64 + 1), None, NOW)
    with pytest.raises(MalformedError, match="cannot be unpacked"):
        read_webhook(gzip.compress(DONE.ljust(KIB_64 + 1)), "gzip", NOW)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"status":'])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedError, match="must be JSON"):
        read_webhook(body, None, NOW)


def test_what_says_nothing_about_a_job_is_no_failure() -> None:
    assert read_webhook(b'{"status":"processing","id":298}', None, NOW).outcome == "pending"
    failed = read_webhook(b'{"status":"error","message":"Rate limit exceeded"}', None, NOW)
    assert failed.outcome == "unclear"
