"""What use cases rely on of counters: counted once, in the write that makes or ends what is counted."""

import secrets
from datetime import UTC, date, datetime, timedelta

import pytest

from faceswap.ports.quotas import OverQuotaError
from faceswap.rules import ids
from faceswap.rules.job import Job
from faceswap.rules.quotas import OwnerDay, Quotas, Usage
from tests.support.samples import a_job, an_upload
from tests.support.stores import Stores

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
TODAY = date(2026, 1, 31)
LIMITS = Quotas(jobs_a_day=2, open_jobs=2, upload_bytes_a_day=1000)


def counted_job(**changes: object) -> Job:
    fields: dict[str, object] = {
        "job_id": ids.job_id(secrets.token_bytes(16)),
        "counted_on": TODAY,
        "counted_open": True,
    }
    return a_job(**(fields | changes))


def usage(stores: Stores, owner: str = "me", day: date = TODAY) -> Usage:
    counted = OwnerDay(owner, day)
    read = stores.usages.of(counted)
    assert stores.requests.read(None, set(), counted).usage == read
    return read


def test_as_many_jobs_are_made_as_may_be_and_nothing_of_the_next(stores: Stores) -> None:
    jobs = [counted_job() for _ in range(3)]
    for job in jobs[:2]:
        assert stores.jobs.create(job, LIMITS) is None

    with pytest.raises(OverQuotaError) as refused:
        stores.jobs.create(jobs[2], LIMITS)

    assert refused.value.violated == ["day", "open"]
    assert stores.jobs.get(jobs[2].job_id) is None
    assert usage(stores) == Usage(jobs=2, open_jobs=2)
    assert stores.jobs.create(counted_job(owner="other"), LIMITS) is None
    assert usage(stores, "other") == Usage(jobs=1, open_jobs=1)


def test_a_repeat_finds_its_job_at_the_limit_too_and_counts_once(stores: Stores) -> None:
    job = counted_job()
    assert stores.jobs.create(job, Quotas(jobs_a_day=1, open_jobs=1)) is None

    existing = stores.jobs.create(job, Quotas(jobs_a_day=1, open_jobs=1))

    assert existing is not None
    assert existing == stores.jobs.get(job.job_id)
    assert usage(stores) == Usage(jobs=1, open_jobs=1)


def test_only_the_limits_that_there_are_count(stores: Stores) -> None:
    assert stores.jobs.create(counted_job(counted_open=False), Quotas(jobs_a_day=9)) is None
    assert stores.jobs.create(counted_job(counted_on=None), Quotas(open_jobs=9)) is None

    assert usage(stores) == Usage(jobs=1, open_jobs=1)


def test_each_day_begins_anew(stores: Stores) -> None:
    assert stores.jobs.create(counted_job(counted_open=False), Quotas(jobs_a_day=1)) is None

    tomorrow = TODAY + timedelta(days=1)
    another = counted_job(counted_open=False, counted_on=tomorrow)
    assert stores.jobs.create(another, Quotas(jobs_a_day=1)) is None

    assert [usage(stores, day=day).jobs for day in (TODAY, tomorrow)] == [1, 1]


def test_a_job_that_ends_unsent_gives_back_its_place_of_the_day_too(stores: Stores) -> None:
    job = counted_job()
    stores.jobs.create(job, LIMITS)

    ended = stores.jobs.move(job, "cancelled", NOW, wake=True, closed_at=NOW)

    assert ended is not None
    assert ended == stores.jobs.get(job.job_id)
    assert (ended.status, ended.version, ended.wakeup_count) == ("cancelled", 2, 1)
    assert usage(stores) == Usage()
    assert stores.jobs.move(job, "failed", NOW) is None
    assert usage(stores) == Usage()


def test_a_job_that_was_sent_gives_back_its_place_among_the_open_ones_only(stores: Stores) -> None:
    job = counted_job()
    stores.jobs.create(job, LIMITS)
    sent = stores.jobs.move(job, "submitting", NOW, submitted_at=NOW)
    assert sent is not None
    assert usage(stores) == Usage(jobs=1, open_jobs=1)
    taken = stores.jobs.move(sent, "processing", NOW)
    assert taken is not None

    assert stores.jobs.move(taken, "succeeded", NOW, closed_at=NOW) is not None

    assert usage(stores) == Usage(jobs=1)


def test_who_loses_the_race_for_the_end_gives_nothing_back(stores: Stores) -> None:
    job = counted_job()
    stores.jobs.create(job, LIMITS)
    other = counted_job()
    stores.jobs.create(other, LIMITS)
    stores.jobs.wake(job.job_id)

    assert stores.jobs.move(job, "failed", NOW, unless_woken=True) is None
    assert usage(stores) == Usage(jobs=2, open_jobs=2)
    assert stores.jobs.move(job, "failed", NOW) is not None
    assert stores.jobs.move(job, "cancelled", NOW) is None
    assert usage(stores) == Usage(jobs=1, open_jobs=1)


def test_an_end_is_told_with_what_was_heard_meanwhile(stores: Stores) -> None:
    job = counted_job()
    stores.jobs.create(job, LIMITS)
    stores.jobs.wake(job.job_id)

    ended = stores.jobs.move(job, "failed", NOW)

    assert ended is not None
    assert (ended.status, ended.wakeup_count) == ("failed", 1)


def test_uploads_count_by_number_and_by_bytes(stores: Stores) -> None:
    def reserve(number: int, size: int, limits: Quotas) -> None:
        upload = an_upload(upload_id=ids.upload_id(bytes([number]) * 16), size=size)
        stores.uploads.create(upload, forget_at=NOW + timedelta(days=9), quotas=limits)

    reserve(1, 600, LIMITS)
    with pytest.raises(OverQuotaError) as refused:
        reserve(2, 401, LIMITS)
    assert refused.value.violated == ["upload-bytes"]
    assert stores.uploads.get(ids.upload_id(bytes([2]) * 16)) is None
    reserve(3, 400, LIMITS)
    assert usage(stores) == Usage(uploads=2, upload_bytes=1000)

    few = Quotas(jobs_a_day=1)
    for number in range(4, 12):
        reserve(number, 1, few)
    with pytest.raises(OverQuotaError) as refused:
        reserve(12, 1, few)
    assert refused.value.violated == ["uploads"]
    assert usage(stores) == Usage(uploads=10, upload_bytes=1008)


def test_what_is_larger_than_a_whole_day_is_refused_at_once(stores: Stores) -> None:
    upload = an_upload(size=1001)

    with pytest.raises(OverQuotaError) as refused:
        stores.uploads.create(upload, forget_at=NOW, quotas=LIMITS)

    assert refused.value.violated == ["upload-bytes"]
    assert usage(stores) == Usage()


def test_without_limits_nothing_is_counted(stores: Stores) -> None:
    stores.uploads.create(an_upload(), forget_at=NOW)
    job = a_job()
    assert stores.jobs.create(job) is None
    assert stores.jobs.move(job, "cancelled", NOW) is not None

    assert usage(stores) == Usage()
