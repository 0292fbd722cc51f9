"""What is known when a job is asked for, in memory."""

from collections.abc import Collection

from faceswap.ports.jobs import Known
from faceswap.rules.quotas import OwnerDay
from tests.fakes.calls import Before, at_once
from tests.fakes.jobs import FakeJobs
from tests.fakes.uploads import FakeUploads


class FakeRequests:
    """Reads these jobs and uploads together."""

    def __init__(self, jobs: FakeJobs, uploads: FakeUploads, before: Before = at_once) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._before = before

    def read(
        self, job_id: str | None, upload_ids: Collection[str], usage_of: OwnerDay | None = None
    ) -> Known:
        self._before("read")
        found = {name: self._uploads.now[name] for name in upload_ids if name in self._uploads.now}
        usage = self._jobs.counted.of(usage_of) if usage_of else None
        return Known(self._jobs.now.get(job_id) if job_id else None, found, usage)
