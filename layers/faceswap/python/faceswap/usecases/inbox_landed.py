"""A file landed in the inbox: wake the jobs that wait for exactly this one, and for nothing else."""

from faceswap.ports.inbox import Inbox
from faceswap.usecases.wake_when_complete import WakeWhenComplete


class InboxLanded:
    """Wakes jobs, each once."""

    def __init__(self, *, inbox: Inbox, wake_when_complete: WakeWhenComplete) -> None:
        self._inbox = inbox
        self._wake_when_complete = wake_when_complete

    def run(self, key: str) -> int:
        """Wake each job that waits for the file with this key alone; a file that nobody waits for is nothing.

        Jobs are taken off the list once they are woken: who dies between the two wakes them again.

        Returns:
            How many were waiting for it.
        """
        waiters = self._inbox.waiters(key)
        for job_id in sorted(waiters):
            self._wake_when_complete.run(job_id)
        if waiters:
            self._inbox.remove_waiters(key, waiters)
        return len(waiters)
