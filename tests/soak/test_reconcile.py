"""The comparison itself: whatever can be wrong is found, and nothing else."""

from typing import Any

import pytest

from faceswap.rules.ids import track_id
from tests.support.reconcile import Seen, reconcile

DONE = Seen("job_a", "ann", "succeeded", None, "results/job_a/1.mp4")
FAILED = Seen("job_b", "bob", "failed", "provider-failed", None)
PROMISED = {"job_a": "ann", "job_b": "bob"}
OBJECTS = ["results/job_a/1.mp4"]


def ledger(*jobs: str) -> dict[str, Any]:
    return {"jobs": [{"track_id": track_id(job)} for job in jobs]}


def counts(
    promised: dict[str, str] = PROMISED,
    jobs: tuple[Seen, ...] = (DONE, FAILED),
    sent: tuple[str, ...] = ("job_a", "job_b"),
    objects: tuple[str, ...] = tuple(OBJECTS),
    running: tuple[str, ...] = (),
) -> dict[str, int]:
    found = reconcile(promised, jobs, ledger(*sent), objects, running).counts
    return {name: number for name, number in found.items() if number}


def test_books_that_are_in_order() -> None:
    assert counts() == {}
    assert counts(sent=("job_a",)) == {}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"promised": PROMISED | {"job_c": "ann"}}, {"lost": 1}),
        ({"objects": ()}, {"lost": 1}),
        ({"sent": ("job_b",)}, {"lost": 1}),
        ({"sent": ("job_a", "job_b", "job_b")}, {"twice": 1}),
        ({"jobs": (DONE, FAILED._replace(status="processing"))}, {"stuck": 1}),
        ({"running": ("job_b",)}, {"stuck": 1}),
        ({"promised": {"job_a": "ann", "job_b": "ann"}}, {"wrong_owner": 1}),
        ({"promised": {"job_a": "ann"}}, {"wrong_owner": 1}),
        ({"objects": (*OBJECTS, "results/job_a/2.mp4")}, {"orphans": 1}),
        (
            {
                "jobs": (DONE._replace(key="results/job_b/1.mp4"), FAILED),
                "objects": ("results/job_b/1.mp4",),
            },
            {"wrong_owner": 1},
        ),
    ],
)
def test_what_is_wrong_is_found(changes: dict[str, Any], wrong: dict[str, int]) -> None:
    assert counts(**changes) == wrong
