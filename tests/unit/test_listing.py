"""The caller's jobs, page by page, and one job by its id."""

import base64
import json
from datetime import timedelta

import pytest

from faceswap.ports.jobs import Page, Position
from faceswap.rules import ids
from faceswap.rules.errors import InvalidError, NotFoundError
from faceswap.usecases.list_jobs import ListJobs
from faceswap.usecases.read_job import ReadJob
from tests.fakes import FakeJobs
from tests.support.samples import JOB_ID, START, a_job


def name(number: int) -> str:
    return ids.job_id(bytes([number]) * 16)


def stored(*statuses: str) -> FakeJobs:
    """Jobs of these statuses, each a second younger than the one before."""
    jobs = FakeJobs()
    for number, status in enumerate(statuses):
        created_at = START + timedelta(seconds=number)
        jobs.create(a_job(job_id=name(number), status=status, created_at=created_at))
    return jobs


def test_jobs_come_newest_first_in_pages_that_go_on() -> None:
    list_jobs = ListJobs(jobs=stored("queued", "failed", "queued"))

    first = list_jobs.run("me", status=None, limit=2, cursor=None)
    second = list_jobs.run("me", status=None, limit=2, cursor=first.next_cursor)

    assert [job.job_id for job in first.jobs] == [name(2), name(1)]
    assert [job.job_id for job in second.jobs] == [name(0)]
    assert second.next_cursor is None
    assert list_jobs.run("you", status=None, limit=2, cursor=None).jobs == []


def test_a_status_is_looked_for_over_ten_pages_and_then_goes_on() -> None:
    list_jobs = ListJobs(jobs=stored("failed", *["queued"] * 21))

    first = list_jobs.run("me", status="failed", limit=2, cursor=None)
    second = list_jobs.run("me", status="failed", limit=2, cursor=first.next_cursor)

    assert first.jobs == []
    assert [job.job_id for job in second.jobs] == [name(0)]
    fewer = ListJobs(jobs=stored("failed", *["queued"] * 19))
    assert len(fewer.run("me", status="failed", limit=2, cursor=None).jobs) == 1


def test_a_page_with_a_status_is_filled_and_no_more() -> None:
    list_jobs = ListJobs(jobs=stored("queued", "failed", "queued", "failed", "failed"))

    first = list_jobs.run("me", status="failed", limit=2, cursor=None)
    second = list_jobs.run("me", status="queued", limit=2, cursor=None)

    assert [job.job_id for job in first.jobs] == [name(4), name(3)]
    assert [job.job_id for job in second.jobs] == [name(2), name(0)]


def test_a_page_that_goes_on_for_a_status_is_not_overfilled() -> None:
    list_jobs = ListJobs(jobs=stored("failed", "failed", "queued", "failed"))

    page = list_jobs.run("me", status="failed", limit=2, cursor=None)

    assert [job.job_id for job in page.jobs] == [name(3), name(1)]


def test_for_one_page_no_more_than_two_hundred_jobs_are_read() -> None:
    jobs = FakeJobs()
    for number in range(210):
        created_at = START + timedelta(seconds=number)
        jobs.create(a_job(job_id=ids.job_id(number.to_bytes(16)), created_at=created_at))
    real, wanted = jobs.page, list[int]()

    def page(owner: str, limit: int, after: Position | None) -> Page:
        wanted.append(limit)
        return real(owner, limit, after)

    jobs.page = page  # type: ignore[method-assign]
    listed = ListJobs(jobs=jobs).run("me", status="failed", limit=100, cursor=None)

    assert (listed.jobs, listed.next_cursor is None) == ([], False)
    assert sum(wanted) == 200


@pytest.mark.parametrize("position", [None, ["2026-01-31T09:30:00.000Z"], ["yesterday", JOB_ID],
                                      ["2026-01-31T09:30:00.000Z", "x"], [1, 2], 5])  # fmt: skip
def test_a_cursor_that_is_none_of_ours_is_refused(position: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")

    with pytest.raises(InvalidError) as refused:
        ListJobs(jobs=stored("queued")).run("me", status=None, limit=2, cursor=cursor)

    assert [fault.pointer for fault in refused.value.faults] == ["#"]


@pytest.mark.parametrize("cursor", ["%%%", "é", "a", "AAAA", "////"])
def test_what_is_no_cursor_at_all_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError):
        ListJobs(jobs=stored("queued")).run("me", status=None, limit=2, cursor=cursor)


def test_a_job_is_found_by_its_owner_only() -> None:
    jobs = stored("failed", "failed")
    jobs.erase(jobs.now[name(1)], START, "not_applicable")
    read_job = ReadJob(jobs=jobs)

    assert read_job.run(name(0), "me").job_id == name(0)
    for job_id, owner in ((name(0), "you"), (name(1), "me"), (name(5), "me"), ("x", "me")):
        with pytest.raises(NotFoundError):
            read_job.run(job_id, owner)
