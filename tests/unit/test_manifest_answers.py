"""What answers a manifest in the outbox, and whose answer it is."""

import json

import pytest
from pydantic import ValidationError

from faceswap.contract.inbox import ManifestAnswer, ManifestView, answer_of, is_answered
from faceswap.contract.jobs import view_of
from faceswap.contract.problems import problem_of
from faceswap.rules.errors import InvalidError
from faceswap.rules.inbox import Manifest
from tests.support.samples import JOB_ID, a_job

MANIFEST = Manifest(key="inbox/me/a.job.json", sequencer="0A", etag="e")
JOB = view_of(a_job(status="cancelled"), "https://api.example/{}".format)
PROBLEM = problem_of(InvalidError("This is not a request for a job."), "/events/1")


def test_a_job_is_answered_with_all_that_it_shows_and_without_a_problem() -> None:
    answer = json.loads(answer_of(MANIFEST, JOB))

    assert answer == {
        "manifest": {"key": "inbox/me/a.job.json", "sequencer": "0A", "etag": "e"},
        "job": JOB.model_dump(mode="json"),
    }
    assert answer["job"]["result"] is None


def test_a_refusal_is_answered_with_the_problem_alone() -> None:
    answer = json.loads(answer_of(MANIFEST, PROBLEM))

    assert answer.keys() == {"manifest", "problem"}
    assert answer["problem"] == {
        "type": "/problems/invalid",
        "title": "The request does not validate",
        "status": 422,
        "detail": "This is not a request for a job.",
        "instance": "/events/1",
    }


def test_an_answer_says_one_thing() -> None:
    view = ManifestView.model_validate(MANIFEST.model_dump())

    for job, problem in ((None, None), (JOB, PROBLEM)):
        with pytest.raises(ValidationError, match="must hold a job or a problem"):
            ManifestAnswer(manifest=view, job=job, problem=problem)


@pytest.mark.parametrize(
    ("content", "is_its_own"),
    [
        (answer_of(MANIFEST, JOB), True),
        (answer_of(MANIFEST, JOB).replace(JOB_ID.encode(), b"job_other"), False),
        (answer_of(MANIFEST, PROBLEM), False),
        (b"not JSON", False),
        (b"[]", False),
        (b'{"job": "text"}', False),
        (b"", False),
    ],
)
def test_an_answer_belongs_to_the_job_that_it_names(content: bytes, is_its_own: bool) -> None:
    assert is_answered(content, JOB_ID) is is_its_own
