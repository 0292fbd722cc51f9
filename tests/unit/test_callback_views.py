"""What a receiver is told of a job's end, and what its owner sees of that."""

import json
from typing import Any

import pytest

from faceswap.contract.callbacks import callback_body, callback_view
from faceswap.rules.callbacks import Delivery, Try
from tests.support.samples import JOB_ID, START, a_job

URL = {"callback": "url", "callback_url": "https://app.example.com/hook"}


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_each_end_is_told_by_its_name(status: str) -> None:
    told = json.loads(callback_body(a_job(status=status, **URL), "https://api.example/{}".format))

    assert (told["type"], told["timestamp"]) == (f"job.{status}", "2026-01-31T09:30:00.000Z")
    assert told["data"]["status"] == status


@pytest.mark.parametrize(
    ("job", "status", "webhook_id"),
    [
        ({"status": "succeeded"}, "none", None),
        ({"status": "succeeded", "callback": "event"}, "none", None),
        ({"status": "processing", **URL}, "waiting", None),
        ({"status": "succeeded", "version": 4, **URL}, "pending", f"msg_{JOB_ID}_4"),
    ],
)
def test_a_callback_that_was_not_tried_yet_waits_for_the_end_of_its_job(
    job: dict[str, Any], status: str, webhook_id: str | None
) -> None:
    view = callback_view(a_job(**job), None)

    assert (view.job_id, view.status, view.webhook_id) == (JOB_ID, status, webhook_id)
    assert (view.next_at, view.given_up_at, view.tries) == (None, None, [])


def test_each_try_is_shown_with_what_was_answered() -> None:
    tried = {"at": START, "seconds": 0.5, "http_status": 500, "trouble": None, "answer": "no"}
    delivery = Delivery(
        job_id=JOB_ID,
        owner="me",
        version=4,
        status="exhausted",
        given_up_at=START,
        log=(Try.model_validate(tried),),
    )

    view = callback_view(a_job(status="succeeded", version=4, **URL), delivery)

    assert view.model_dump() == {
        "job_id": JOB_ID,
        "status": "exhausted",
        "webhook_id": f"msg_{JOB_ID}_4",
        "next_at": None,
        "given_up_at": START,
        "tries": [tried],
    }
