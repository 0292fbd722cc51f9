"""Jobs in the books: they come back as they were, and one that cannot be written is not accepted."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.provider.behaviour import Behaviour
from local.provider.database import Database
from local.provider.job_registry import JobRegistry
from local.provider.jobs import Job
from local.provider.requests import Submit
from tests.support.providers import URLS

NOW = datetime(2030, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
SUBMIT = Submit.model_validate({**URLS, "track_id": 2**70, "webhook": "https://hooks.example/1"})


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path)
    yield opened
    opened.close()


def _job() -> Job:
    behaviour = Behaviour(result="canned", seconds=3, webhook="twice")
    return Job(300, 7, SUBMIT, "deepfake", behaviour, "https://files.example/300.mp4", eta=4)


def test_a_job_comes_back_as_it_was(books: Database) -> None:
    job = _job()
    books.write(job)
    assert list(books.read()) == [(job, True)]

    job.begin(NOW)
    job.progress = {"stage": "swap", "frame": 1, "frames": 20}
    job.end(NOW + timedelta(seconds=2.5), "no face")
    job.webhooks.append({"at": NOW.isoformat(), "http_status": 200})
    books.write(job)

    assert list(books.read()) == [(job, True)]
    assert (job.generation_time, job.status, job.begun, job.frames) == (2.5, "failed", 1, 20)


def test_after_a_reset_older_jobs_do_not_count(books: Database) -> None:
    books.write(_job())
    books.reset()
    changed = _job()
    changed.deleted = True
    books.write(changed)
    assert list(books.read()) == [(changed, False)]


def test_a_job_that_cannot_be_written_is_not_taken(
    books: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    ledger = JobRegistry(books, "https://files.example", 1)
    kept = ledger.add(SUBMIT, 1, "faceswap", Behaviour())
    books.close()

    with pytest.raises(sqlite3.Error):
        ledger.add(SUBMIT, 2, "faceswap", Behaviour())
    ledger.save(kept)

    assert list(ledger) == [kept]
    assert f"job {kept.id}: ProgrammingError" in capfd.readouterr().err


def test_links_lead_to_where_the_server_is_now(books: Database) -> None:
    before = JobRegistry(books, "https://one.example/files", 1)
    number = before.add(SUBMIT, 1, "faceswap", Behaviour()).id
    (job,) = JobRegistry(books, "https://two.example/files", 1)
    assert job.output_url == f"https://two.example/files/{number}.mp4"
