"""An object landed in the bucket: wake the jobs that wait for it."""

from faceswap.rules import media
from faceswap.store.executions import ExecutionStore
from faceswap.store.jobs import JobStore
from faceswap.store.uploads import UploadStore
from faceswap.usecases.wake import wake


def note_landed(
    key: str, *, uploads: UploadStore, jobs: JobStore, executions: ExecutionStore
) -> int:
    """Wake each job that waits for the upload with this bucket key. Returns how many there were."""
    named = media.upload_of_key(key)
    record = uploads.get(named[1]) if named else None
    if record is None or record.key != key:
        return 0
    for job_id in sorted(record.waiters):
        wake(job_id, jobs=jobs, executions=executions)
    return len(record.waiters)
