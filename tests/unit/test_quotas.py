"""Limits of owners: what is refused at which door and in which words, and what clients are told of what is left."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from faceswap.contract.jobs import JobRequest
from faceswap.contract.problems import problem_headers, problem_of
from faceswap.contract.usage import rate_limit_fields, usage_view
from faceswap.ports.jobs import BusyError, Known
from faceswap.rules.errors import GoneError, QuotaError
from faceswap.rules.job import Job
from faceswap.rules.quotas import (
    NO_QUOTAS,
    ONE_JOB,
    OwnerDay,
    PolicyName,
    Quotas,
    Usage,
    comes_near,
    refusal,
    seconds_until_midnight,
)
from faceswap.usecases.create_job import Caller, CreatedJob
from tests.fakes import FakeCounters, FakeInbox, FakeJobs, FakeMedia, FakeUploads
from tests.support.creating import create_job_on, keep_quotas_on
from tests.support.samples import START, an_upload
from tests.support.structured import parse_list
from tests.support.wired_use_cases import Clock

LIMITS = Quotas(jobs_a_day=100, open_jobs=20)
REQUEST = JobRequest.model_validate(
    {name: f"https://a.example/{name}" for name in ("init_video", "init_image", "reference_image")}
    | {"consent": {"attested": True, "statement": "All agreed."}}
)
MIDNIGHT = datetime(2026, 2, 1, tzinfo=UTC)


class Lab:
    """Makes jobs of the owner `me`, two a day."""

    def __init__(self, quotas: Quotas = Quotas(jobs_a_day=2)) -> None:  # noqa: B008 - a tuple
        counted = FakeCounters()
        self.told: list[str] = []
        self.clock, self.jobs = Clock(START), FakeJobs(counted=counted)
        self.uploads = FakeUploads(counted=counted)
        self._made = 0
        self._create_job = create_job_on(
            self.jobs, self.uploads, FakeMedia(), FakeInbox(),
            clock=self.clock, new_bytes=self._new_bytes, quotas=quotas, told=self.told.append,
        )  # fmt: skip

    def create(self, key: str | None = None) -> CreatedJob:
        return self._create_job.run(REQUEST, Caller("me", "me"), key)

    def _new_bytes(self) -> bytes:
        self._made += 1
        return bytes([self._made]) * 16


def test_a_limit_of_the_day_is_free_again_at_midnight(lab: Lab) -> None:
    lab.clock.now = MIDNIGHT - timedelta(milliseconds=1)
    for _ in range(2):
        lab.create()
    with pytest.raises(QuotaError) as refused:
        lab.create()
    assert (refused.value.policies, refused.value.retry_after) == (["day"], 1)

    lab.clock.now = MIDNIGHT

    assert lab.create().job.counted_on == MIDNIGHT.date()


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_repeat_is_answered_at_the_limit_too(lab: Lab) -> None:
    first = lab.create("k")
    lab.create()

    repeated = lab.create("k")

    assert (repeated.replayed, repeated.job) == (True, first.job)
    lab.jobs.now[first.job.job_id] = first.job.model_copy(update={"erased_at": START})
    with pytest.raises(GoneError):
        lab.create("k")


def test_a_twin_is_looked_for_at_the_limit_only(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.jobs, "get", lambda _job_id: pytest.fail("that costs a read"))

    assert not lab.create("k").replayed


def test_of_two_that_ask_alike_at_once_at_the_limit_none_is_refused(lab: Lab) -> None:
    lab.create()
    requests = lab._create_job._requests

    class ReadsInTurns:
        """The two items are read one after the other, and the twin is made in between."""

        def read(self, *asked: Any) -> Known:
            lab._create_job._requests = requests
            known = requests.read(*asked)
            lab.create("k")
            return known._replace(usage=requests.read(*asked).usage)

    lab._create_job._requests = ReadsInTurns()

    assert lab.create("k").replayed
    assert "refused" not in lab.told
    assert len(lab.jobs.now) == 2


def test_who_is_over_a_limit_leaves_nothing(lab: Lab) -> None:
    upload = an_upload()
    lab.uploads.create(upload, forget_at=START)
    for _ in range(2):
        lab.create()
    request = REQUEST.model_copy(update={"init_video": f"upload:{upload.upload_id}"})

    with pytest.raises(QuotaError):
        lab._create_job.run(request, Caller("me", "me"), None)

    assert len(lab.jobs.now) == 2
    assert lab.uploads.now[upload.upload_id] == upload


def test_it_is_told_once_who_comes_near_to_a_limit_and_each_time_who_is_refused() -> None:
    lab = Lab(Quotas(jobs_a_day=5))
    for _ in range(3):
        lab.create()
    assert lab.told == []

    lab.create()
    lab.create("k")
    lab.create("k")
    assert lab.told == ["near"]

    for _ in range(2):
        with pytest.raises(QuotaError):
            lab.create()
    assert lab.told == ["near", "refused", "refused"]


def test_who_is_over_a_limit_by_the_time_of_the_write_is_told_the_same_and_counted(
    lab: Lab,
) -> None:
    known = lab.jobs.create

    def others_were_faster(job: Job, quotas: Quotas | None = None) -> Job | None:
        lab.jobs.create = known  # type: ignore[method-assign]
        lab.create()
        lab.create()
        return known(job, quotas)

    lab.jobs.create = others_were_faster  # type: ignore[method-assign]
    with pytest.raises(QuotaError, match="no more than 2 jobs may be made a day") as refused:
        lab.create()

    assert refused.value.policies == ["day"]
    assert lab.told == ["near", "refused"]
    assert len(lab.jobs.now) == 2


@pytest.mark.parametrize(
    ("quotas", "day", "counts_open"),
    [
        (Quotas(jobs_a_day=1), START.date(), False),
        (Quotas(open_jobs=1), None, True),
        (Quotas(upload_bytes_a_day=1), None, False),
    ],
)
def test_a_job_is_marked_for_the_limits_that_there_are(
    quotas: Quotas, day: date | None, counts_open: bool
) -> None:
    job = Lab(quotas).create().job

    assert (job.counted_on, job.counted_open) == (day, counts_open)


def test_a_job_that_ends_on_another_day_gives_back_its_place_on_the_day_when_it_was_made(
    lab: Lab,
) -> None:
    lab.clock.now = MIDNIGHT - timedelta(seconds=1)
    unsent, sent = lab.create().job, lab.create().job
    lab.clock.now = MIDNIGHT + timedelta(hours=3)
    lab.create()
    moved = lab.jobs.move(sent, "submitting", lab.clock.now, submitted_at=lab.clock.now)
    assert moved is not None

    lab.jobs.move(unsent, "failed", lab.clock.now)
    lab.jobs.move(moved, "failed", lab.clock.now)

    days = [
        lab.jobs.counted.of(OwnerDay("me", day)).jobs for day in (START.date(), MIDNIGHT.date())
    ]
    assert days == [1, 1]


def test_open_jobs_come_free_with_each_end() -> None:
    lab = Lab(Quotas(open_jobs=1))
    job = lab.create().job
    with pytest.raises(QuotaError, match="no more than 1 jobs may be under way") as refused:
        lab.create()
    assert refused.value.policies == ["open"]

    lab.jobs.move(job, "cancelled", START)

    assert lab.create().job.counted_open


def test_who_could_not_be_counted_for_now_is_not_refused_for_a_limit() -> None:
    """Whoever asked is asked to come again; an event and a file come again by themselves."""
    lab = Lab()

    class Busy(FakeJobs):
        def create(self, job: Job, quotas: Quotas | None = None) -> Job | None:  # noqa: ARG002
            raise BusyError

    told: list[str] = []
    keep = keep_quotas_on(Busy(), lab.uploads, LIMITS, told.append)
    with pytest.raises(BusyError):
        keep.create_job(lab.create().job, START)

    assert told == []


def test_the_problem_names_the_limits_and_a_time() -> None:
    error = refusal(LIMITS, ["day", "open"], MIDNIGHT - timedelta(seconds=90))
    document = problem_of(error, "/requests/1").model_dump(mode="json", exclude_none=True)

    assert (document["type"], document["status"]) == ("/problems/quota", 429)
    assert document["violated-policies"] == ["day", "open"]
    assert problem_headers(error) == {"Retry-After": "90"}
    assert "100 jobs may be made a day" in document["detail"]


def test_to_retry_is_never_too_early() -> None:
    late = MIDNIGHT - timedelta(milliseconds=1500)

    assert seconds_until_midnight(late) == 2
    assert seconds_until_midnight(MIDNIGHT) == 86_400
    assert seconds_until_midnight(MIDNIGHT - timedelta(microseconds=1)) == 1
    assert refusal(LIMITS, ["open"], late).retry_after == 60


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("day", "no more than 100 jobs may be made a day (UTC)"),
        ("open", "no more than 20 jobs may be under way at the same time"),
        ("uploads", "no more than 1000 uploads may be reserved a day (UTC)"),
        ("upload-bytes", "no more than 9 bytes of uploads may be reserved a day (UTC)"),
    ],
)
def test_each_limit_that_is_reached_is_told_with_its_number(limit: PolicyName, words: str) -> None:
    limits = LIMITS._replace(upload_bytes_a_day=9)

    assert refusal(limits, [limit], START).detail == f"A limit is reached: {words}."


def test_who_has_made_nothing_has_used_nothing_and_a_job_is_one_that_is_open() -> None:
    assert Usage() == (0, 0, 0, 0, Decimal(0))
    assert Usage(jobs=1, open_jobs=1) == ONE_JOB


@pytest.mark.parametrize(
    ("quotas", "limits_uploads"),
    [
        (NO_QUOTAS, False),
        (Quotas(open_jobs=1), False),
        (Quotas(jobs_a_day=1), True),
        (Quotas(upload_bytes_a_day=1), True),
    ],
)
def test_uploads_are_counted_where_something_limits_them(
    quotas: Quotas, limits_uploads: bool
) -> None:
    assert quotas.limits_uploads is limits_uploads


def test_fields_tell_of_each_limit_what_is_left() -> None:
    limits = LIMITS._replace(upload_bytes_a_day=10_000)
    usage = Usage(jobs=12, open_jobs=3, uploads=36, upload_bytes=20_000)

    fields = rate_limit_fields(limits.policies(usage), 33_120, known=True)

    assert fields["RateLimit-Policy"].startswith(
        '"day";q=100;w=86400, "open";q=20;qu="concurrent-requests"'
    )
    assert fields["RateLimit"].startswith('"day";r=88;t=33120, "open";r=17')
    assert parse_list(fields["RateLimit-Policy"]) == {
        "day": {"q": 100, "w": 86_400},
        "open": {"q": 20, "qu": "concurrent-requests"},
        "uploads": {"q": 1000, "w": 86_400},
        "upload-bytes": {"q": 10_000, "qu": "content-bytes", "w": 86_400},
    }
    assert parse_list(fields["RateLimit"]) == {
        "day": {"r": 88, "t": 33_120},
        "open": {"r": 17},
        "uploads": {"r": 964, "t": 33_120},
        "upload-bytes": {"r": 0, "t": 33_120},
    }


def test_what_is_not_known_or_not_limited_is_not_told() -> None:
    assert list(rate_limit_fields(LIMITS.policies(Usage()), 1, known=False)) == ["RateLimit-Policy"]
    assert rate_limit_fields(NO_QUOTAS.policies(Usage()), 1, known=True) == {}
    view = usage_view(
        OwnerDay("me", START.date()), Quotas(open_jobs=2), Usage(open_jobs=1)
    ).model_dump()
    assert (view["jobs"], view["open_jobs"], view["upload_bytes"]) == (None, 1, None)


def test_what_was_used_is_shown_where_it_is_counted() -> None:
    usage = Usage(jobs=1, open_jobs=2, uploads=3, upload_bytes=4, spent=Decimal("0.16"))
    today = OwnerDay("me", START.date())

    view = usage_view(today, LIMITS, usage, "USD")

    assert (view.owner, view.day, view.jobs, view.open_jobs) == ("me", START.date(), 1, 2)
    assert (view.uploads, view.upload_bytes) == (3, 4)
    assert (view.spent, view.currency) == ("0.16", "USD")
    free = usage_view(today, NO_QUOTAS, usage)
    assert (free.jobs, free.open_jobs, free.uploads, free.upload_bytes) == (None,) * 4
    assert (free.spent, free.currency) == (None, None)


@pytest.mark.parametrize(("used", "near"), [(78, False), (79, True), (80, False), (99, False)])
def test_an_owner_comes_near_to_a_limit_once(used: int, near: bool) -> None:
    assert comes_near(LIMITS, Usage(jobs=used), ONE_JOB) is near
