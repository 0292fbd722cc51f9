"""The use case that creates jobs, on fakes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from faceswap.rules.job import Deadlines
from faceswap.rules.media import UploadLimits
from faceswap.rules.quotas import NO_QUOTAS, Quotas
from faceswap.usecases.create_job import CreateJob
from faceswap.usecases.find_input import FindInput
from faceswap.usecases.find_upload import FindUpload
from faceswap.usecases.keep_quotas import KeepQuotas
from tests.fakes import FakeInbox, FakeJobs, FakeMedia, FakeRequests, FakeUploads

LIMITS = UploadLimits(video=1000, image=100)


def find_input_on(uploads: FakeUploads, media: FakeMedia) -> FindInput:
    """Finds inputs."""
    find_upload = FindUpload(uploads=uploads, find=media.find)
    return FindInput(find_upload=find_upload, find=media.find, limits=LIMITS)


def create_job_on(
    jobs: FakeJobs,
    uploads: FakeUploads,
    media: FakeMedia,
    inbox: FakeInbox,
    *,
    clock: Callable[[], datetime],
    new_bytes: Callable[[], bytes] = lambda: bytes(16),
    quotas: Quotas = NO_QUOTAS,
    price: tuple[Decimal, str] | None = None,
    told: Callable[[str], object] = lambda _what: None,
) -> CreateJob:
    """Makes jobs that wait 100 s for uploads, and 200 s in the queue, within these limits and at this price.

    `told` hears who is "refused" and who is "near".
    """
    return CreateJob(
        jobs=jobs,
        requests=FakeRequests(jobs, uploads),
        uploads=uploads,
        find_upload=FindUpload(uploads=uploads, find=media.find),
        inbox=inbox,
        find_input=find_input_on(uploads, media),
        inbox_retention=timedelta(days=10),
        deadlines=Deadlines(upload=100, queue=200, job=300),
        allow_loopback=False,
        clock=clock,
        new_bytes=new_bytes,
        keep_quotas=keep_quotas_on(jobs, uploads, quotas, told) if quotas != NO_QUOTAS else None,
        price=price,
    )


def keep_quotas_on(
    jobs: FakeJobs,
    uploads: FakeUploads,
    quotas: Quotas,
    told: Callable[[str], object] = lambda _what: None,
) -> KeepQuotas:
    """Holds owners to these limits; `told` hears who is "refused" and who is "near"."""
    return KeepQuotas(
        jobs=jobs,
        uploads=uploads,
        quotas=quotas,
        refused=lambda: told("refused"),
        near=lambda: told("near"),
    )
