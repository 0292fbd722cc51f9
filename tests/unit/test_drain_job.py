"""Draining: what is asked of the provider about a job that is over here, and under which id."""

from functools import partial

import pytest

from faceswap.rules.job import Job
from faceswap.rules.links import webhook_token
from tests.support.faked_use_cases import FakedUseCases
from tests.support.meanwhile import meanwhile
from tests.support.scripted import success
from tests.support.servers import Answer


def tell(use_cases: FakedUseCases, job: Job, status: str = "success") -> None:
    """Let a message of the provider come that names the job's request."""
    said = f'{{"status":"{status}","id":298,"track_id":{job.track_id},"output":["https://a.example/v"]}}'
    token = webhook_token("secret", job.job_id)
    use_cases.receive_webhook.run(job.job_id, token, said.encode(), None)


@pytest.mark.parametrize(
    ("fetch", "told"),
    [
        (Answer(401, b'{"status":"error","message":"Invalid API key"}'), ["replace_key"]),
        (Answer(308, b"", {"location": "https://new.example/x"}), ["update_address"]),
        (Answer(429, b"{}"), []),
        (Answer(500, b""), []),
    ],
    ids=["key", "moved", "busy", "broken"],
)
def test_operators_are_told_of_a_key_or_an_address_that_does_not_count_any_more(
    use_cases: FakedUseCases, fetch: Answer, told: list[str]
) -> None:
    use_cases.script.fetch = fetch
    job = use_cases.processing()
    use_cases.cancel_job.run(job.job_id, "me")

    assert use_cases.collect(job).next == "wait"

    assert [reply.remedy for reply in use_cases.refusals] == told


def test_an_id_that_a_message_told_is_asked_about_and_kept(use_cases: FakedUseCases) -> None:
    job = use_cases.submitting()
    use_cases.cancel_job.run(job.job_id, "me")
    assert use_cases.collect(job).next == "wait"
    assert use_cases.provider.paths == []
    tell(use_cases, job, "processing")

    assert use_cases.collect(job).next == "wait"

    assert use_cases.provider.paths == ["/faceswap/fetch/298"]
    assert use_cases.read(job).request_id == "298"


def test_a_message_that_comes_while_a_job_is_closed_is_looked_at_first(
    use_cases: FakedUseCases,
) -> None:
    use_cases.script.fetch = success(use_cases.link())
    job = use_cases.processing()
    use_cases.cancel_job.run(job.job_id, "me")
    meanwhile(use_cases.jobs, "close", partial(tell, use_cases, job))

    assert use_cases.collect(job).next == "wait"
    assert use_cases.collect(job).next == "done"


def test_at_the_deadline_what_a_message_named_is_deleted_there(use_cases: FakedUseCases) -> None:
    job = use_cases.submitting()
    use_cases.delete_job.run(job.job_id, "me")
    tell(use_cases, job)
    use_cases.clock.now = job.deadline_at

    assert use_cases.collect(job).next == "done"

    assert use_cases.provider.paths == ["/delete_image"]
    assert use_cases.read(job).provider_deletion == "done"


def test_a_late_id_is_asked_to_be_deleted_again_where_that_was_refused(
    use_cases: FakedUseCases,
) -> None:
    job = use_cases.submitting()
    use_cases.clock.now = job.deadline_at
    assert use_cases.collect(job).next == "done"
    tell(use_cases, job)
    use_cases.script.delete = Answer(body=b'{"status":"failed"}')
    use_cases.delete_job.run(job.job_id, "me")
    use_cases.script.delete = Answer(body=b'{"status":"success"}')

    assert use_cases.collect(job).next == "done"

    assert use_cases.provider.paths == ["/delete_image"] * 2
    assert use_cases.read(job).provider_deletion == "done"
