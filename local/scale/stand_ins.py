"""What stands beside the table: executions, bucket and provider. They do nothing; what they are asked counts."""

from collections.abc import Callable, Iterator
from datetime import datetime

from faceswap.ports.executions import ExecutionState
from faceswap.rules.uploads import StoredObject

Note = Callable[[str], None]


class StandInExecutions:
    """Every execution that is asked after has died."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def start(self, job_id: str, number: int = 1) -> None:
        """Start one."""
        del job_id, number
        self._note("StartExecution")

    def state(self, job_id: str, number: int = 1) -> ExecutionState:
        """Whether it runs."""
        del job_id, number
        self._note("DescribeExecution")
        return "ended"

    def dead(self, since: datetime) -> Iterator[str]:
        """None beside those that are due; one list for each way to end badly."""
        del since
        for _ in range(3):
            self._note("ListExecutions")
        yield from ()

    def wake(self, task_token: str | None) -> None:
        """End its wait."""
        if task_token:
            self._note("SendTaskSuccess")


class StandInBucket:
    """A bucket that takes all deletions; nothing else is asked of it here."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def delete(self, key: str) -> None:
        """Delete an object."""
        del key
        self._note("DeleteObject")

    def delete_below(self, prefix: str, *, keep: str | None = None) -> None:
        """Find nothing to delete."""
        del prefix, keep
        self._note("ListObjectsV2")

    def abandon(self, key: str) -> None:
        """Find no parts to drop."""
        del key
        self._note("ListMultipartUploads")

    def find(self, key: str) -> StoredObject | None:
        """Nothing lies there."""
        del key
        self._note("HeadObject")
        return None


class StandInProvider:
    """A provider that deletes whatever it is asked to."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def delete(self, key: str, request_id: str) -> bool:
        """Delete what it made."""
        del key, request_id
        self._note("delete at the provider")
        return True
