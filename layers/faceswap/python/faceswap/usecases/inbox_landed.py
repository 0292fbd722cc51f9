"""A file landed in the inbox: wake the jobs that wait for exactly this one."""

from faceswap.ports import Inbox
from faceswap.usecases.wake_job import WakeJob


class InboxLanded:
    """Wakes jobs, each once."""

    def __init__(self, *, inbox: Inbox, wake_job: WakeJob) -> None:
        self._inbox = inbox
        self._wake_job = wake_job

    def run(self, key: str) -> int:
        """Wake each job that waits for the file with this key; a file that nobody waits for is nothing.

        Jobs are taken off the list once they are woken: who dies between the two wakes them again.

        Returns:
            How many were waiting for it.
        """
        waiters = self._inbox.waiters(key)
        for job_id in sorted(waiters):
            self._wake_job.run(job_id, only_in="awaiting_upload")
        if waiters:
            self._inbox.remove_waiters(key, waiters)
        return len(waiters)
