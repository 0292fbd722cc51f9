"""Whose news it was that a job is over."""

from typing import Any

import pytest

from faceswap.rules.finish import finished_by
from faceswap.rules.job import Evidence
from tests.support.samples import START, a_job

WEBHOOK = Evidence(at=START, by="webhook", request_id="298")
ANSWER = Evidence(at=START, by="submit", request_id="298")


@pytest.mark.parametrize(
    ("evidence", "status", "by"),
    [
        ({"evidence_succeeded": WEBHOOK}, "succeeded", "webhook"),
        ({"evidence_failed": WEBHOOK}, "failed", "webhook"),
        ({"evidence_succeeded": WEBHOOK, "evidence_immediate": ANSWER}, "succeeded", "webhook"),
        ({}, "succeeded", "poll"),
        ({"evidence_pending": WEBHOOK}, "succeeded", "poll"),
        ({"evidence_immediate": ANSWER}, "succeeded", None),
        ({}, "failed", None),
        ({}, "cancelled", None),
        ({"evidence_succeeded": WEBHOOK}, "cancelled", None),
    ],
)
def test_whose_news_it_was(evidence: dict[str, Any], status: str, by: str | None) -> None:
    before = a_job(status="processing", **evidence)

    assert finished_by(before, before.model_copy(update={"status": status})) == by
