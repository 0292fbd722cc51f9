"""Lines of the audit: one for each thing that was done, by the stream's records, without words and names of people."""

from typing import Any

import pytest

from audit import lines_of
from faceswap.rules.audit import AuditLine
from faceswap.rules.consent import Consent, hmacs_of, sha256
from faceswap.rules.job import Failure, Job, VendorRequest
from faceswap.store.dynamodb_items import attributes, plain
from tests.support.samples import JOB_ID, START, a_job, a_key

CONSENT = Consent(statement="Ann agreed.", caller="ann@example.com", subject="Ann", terms="v1")


def record(name: str, pk: str, item: Any = None) -> dict[str, Any]:
    change: dict[str, Any] = {
        "Keys": {"pk": {"S": pk}},
        "ApproximateCreationDateTime": START.timestamp(),
    }
    if item is not None:
        change["NewImage"] = attributes({"pk": pk, **plain(item)})
    return {"eventName": name, "dynamodb": change}


def line(name: str, job: Job) -> AuditLine:
    [found] = lines_of(record(name, f"job#{job.job_id}", job))
    return found


def test_a_job_that_is_made_is_written_down_with_its_door_and_the_hash_of_the_words() -> None:
    made = line("INSERT", a_job(consent=CONSENT))

    assert (made.kind, made.line_id, made.owner) == ("job.created", f"{JOB_ID}.1", "me")
    assert (made.door, made.at, made.statement_sha256) == ("http", START, sha256("Ann agreed."))


@pytest.mark.parametrize(
    ("changes", "door"),
    [
        ({"vendor": VendorRequest(number=1)}, "vendor"),
        ({"manifest": {"key": "inbox/me/a.job.json", "sequencer": "1", "etag": "e"}}, "inbox"),
        ({"by_event": True}, "bus"),
        # A token's subject is whatever its issuer says.
        ({"consent": CONSENT.model_copy(update={"caller": "event of shop"})}, "http"),
    ],
)
def test_each_door_is_named(changes: dict[str, Any], door: str) -> None:
    assert line("INSERT", a_job(**changes)).door == door


def test_a_send_is_written_down_with_the_receipt_and_an_end_with_what_came_of_it() -> None:
    hmacs = hmacs_of(CONSENT, "secret")
    sent = a_job(consent=CONSENT, consent_hmacs=hmacs, status="submitting", version=2)
    receipt = line("MODIFY", sent)
    assert (receipt.kind, receipt.receipt) == ("consent.receipt", sent.consent_receipt)
    assert (receipt.job_id, receipt.at) == (JOB_ID, sent.updated_at)

    failure = Failure(type="provider-failed", detail="No.", upstream="words about Ann")
    end = {"status": "failed", "version": 3, "error": failure, "finished_at": START}
    ended = line("MODIFY", sent.changed(end, woken=False))

    assert (ended.kind, ended.status, ended.error_type) == (
        "job.ended",
        "failed",
        "provider-failed",
    )
    assert (ended.at, ended.receipt) == (START, sent.consent_receipt)
    for told in (receipt, ended, line("INSERT", a_job(consent=CONSENT))):
        assert not [word for word in ("Ann", "ann@", "https") if word in told.model_dump_json()]


def test_an_erasure_is_one_line_however_often_the_job_is_written_after_it() -> None:
    erased = a_job(status="cancelled", erased_at=START, consent=None, media={})

    lines = [line("MODIFY", erased), line("MODIFY", erased.changed({"polls": 1}, woken=True))]

    assert lines[0] == lines[1]
    assert (lines[0].kind, lines[0].line_id, lines[0].at) == (
        "job.erased",
        f"{JOB_ID}.erased",
        START,
    )


def test_keys_are_written_down_when_they_are_made_and_revoked() -> None:
    key = a_key()

    [made] = lines_of(record("INSERT", f"key#{key.key_id}", key))
    [gone] = lines_of(record("REMOVE", f"key#{key.key_id}"))

    assert (made.kind, made.owner, made.key_id) == ("key.created", "me", key.key_id)
    assert (made.at, made.statement_sha256) == (START, sha256("All agreed."))
    assert key.hash not in made.model_dump_json()
    assert (gone.kind, gone.key_id, gone.at) == ("key.revoked", key.key_id, START)


@pytest.mark.parametrize("status", ["queued", "processing"])
def test_other_writes_are_worth_no_line(status: str) -> None:
    assert lines_of(record("MODIFY", "job#x", a_job(status=status))) == []
    assert lines_of(record("REMOVE", "job#x")) == []
    assert lines_of(record("INSERT", "usage#me#2026-01-31")) == []
