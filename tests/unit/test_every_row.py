"""Every row of the provider contract, said to the use cases: how does the job end?"""

import json
from contextlib import suppress

import pytest

from faceswap.contract.vendor import VendorLinks, answer_of
from faceswap.rules.errors import DomainError
from faceswap.rules.ids import track_id
from faceswap.rules.job import Job, VendorRequest
from faceswap.rules.links import webhook_token
from tests.support import provider_seed
from tests.support.cases import SEVERAL, expected, is_taken
from tests.support.faked_use_cases import FakedUseCases
from tests.support.messages import ID, RESULT, ROWS, TRACK, Row
from tests.support.scripted import success
from tests.support.servers import Answer


def said(row: Row, job: Job) -> bytes:
    """The row's message about this job."""
    ours = row.content.replace(str(TRACK).encode(), str(track_id(job.job_id)).encode())
    return ours.replace(b"ab-1", str(ID).encode())


def receive(use_cases: FakedUseCases, job: Job, body: bytes) -> None:
    """Let a webhook come; what it is answered is tested elsewhere."""
    with suppress(DomainError):
        use_cases.receive_webhook.run(job.job_id, webhook_token("secret", job.job_id), body, None)


def collect(use_cases: FakedUseCases, job: Job) -> None:
    """Poll it, and tell the truth from the second time on."""
    step = use_cases.collect(job)
    use_cases.script.fetch = success(RESULT)
    if step.next != "done":
        use_cases.clock.forward(step.poll_after or 0)
        assert use_cases.collect(job).next == "done"


def submitted(use_cases: FakedUseCases, row: Row) -> Job:
    """The row answers a submit; where the job was taken, the truth comes by webhook."""
    job = use_cases.job()
    use_cases.script.submit = Answer(row.status, said(row, job), dict(row.headers))
    use_cases.submit(job)
    use_cases.script.fetch = success(RESULT)
    if is_taken(row):
        told = {"status": "success", "id": ID, "output": [RESULT]}
        receive(use_cases, job, json.dumps(told | {"track_id": track_id(job.job_id)}).encode())
        collect(use_cases, job)
    return job


def fetched(use_cases: FakedUseCases, row: Row) -> Job:
    """The row answers the first fetch."""
    job = use_cases.processing()
    use_cases.script.fetch = Answer(row.status, said(row, job), dict(row.headers))
    collect(use_cases, job)
    return job


def posted(use_cases: FakedUseCases, row: Row) -> Job:
    """The row comes by webhook."""
    job = use_cases.processing()
    use_cases.script.fetch = success(RESULT)
    receive(use_cases, job, said(row, job))
    assert use_cases.read(job).wakeup_count == 1
    collect(use_cases, job)
    return job


LINKS = VendorLinks(
    "https://api.example/v1/results/x", "https://api.example/api/v6/faceswap/fetch/7"
)
SEED = {
    "success": "SuccessVideoFaceSwapResponse",
    "processing": "ProcessingVideoFaceSwapResponse",
}
SHOWN = {"succeeded": "success", "failed": "failed", "cancelled": "failed"}
PLAYED = {"submit": submitted, "fetch": fetched, "webhook": posted}


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_job_ends_as_its_provider_s_words_mean(use_cases: FakedUseCases, row: Row) -> None:
    job = PLAYED[row.asked](use_cases, row)

    outcome, after = expected(row), use_cases.read(job)
    assert (after.status, after.error and after.error.type) == (outcome.status, outcome.error)
    assert min(SEVERAL, use_cases.asked("/fetch/")) == outcome.fetches
    assert len(use_cases.results(job)) == bool(outcome.stored)
    assert (after.refused_at is not None) == (outcome.status == "queued")


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_who_speaks_the_vendor_s_contract_is_told_one_clean_answer_at_each_moment(
    use_cases: FakedUseCases, row: Row
) -> None:
    job = PLAYED[row.asked](use_cases, row)

    moments = [moment for _, moment in use_cases.jobs.past[job.job_id]]
    assert moments
    for moment in moments:
        asked = moment.model_copy(update={"vendor": VendorRequest(number=7)})
        told = answer_of(asked, LINKS, 5).model_dump(mode="json", by_alias=True)
        assert told["status"] == SHOWN.get(moment.status, "processing")
        if told["status"] in SEED:
            provider_seed.check(SEED[told["status"]], told)
        else:
            assert set(told) == {"status", "id", "message", "output"}
            assert told["message"]
        # Neither the provider's own id and links, nor what it predicts.
        assert told["id"] == 7
        assert "r2.dev" not in str(told.get("output")) + str(told.get("future_links"))
