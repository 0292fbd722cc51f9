"""The caller's jobs, page by page."""

from typing import NamedTuple

from faceswap.ports.jobs import JobLists
from faceswap.rules.job import Job
from faceswap.rules.status import Status
from faceswap.usecases.cursors import cursor_of, position_of

_MOST_PAGES, _MOST_READ = 10, 200


class ListedJobs(NamedTuple):
    """A page of jobs, and where the list goes on, if it does."""

    jobs: list[Job]
    next_cursor: str | None


class ListJobs:
    """Lists jobs."""

    def __init__(self, *, jobs: JobLists) -> None:
        self._jobs = jobs

    def run(
        self, owner: str, *, status: Status | None, limit: int, cursor: str | None
    ) -> ListedJobs:
        """Jobs of one owner, newest first.

        With a status, a page may hold fewer than `limit` jobs, even none, and still have a next one.

        Raises:
            InvalidError: the cursor is none of ours.
        """
        position = position_of(cursor) if cursor else None
        items: list[Job] = []
        left = _MOST_READ
        for _ in range(_MOST_PAGES):
            wanted = min(limit - len(items), left)
            left -= wanted
            page = self._jobs.page(owner, wanted, position)
            items += [job for job in page.jobs if status is None or job.status == status]
            position = page.following
            if position is None or len(items) >= limit or left <= 0:
                break
        return ListedJobs(items, cursor_of(position) if position else None)
