"""The caller's jobs, page by page."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from faceswap.ports import Jobs, Position
from faceswap.rules.errors import Fault, InvalidError
from faceswap.rules.ids import is_job_id
from faceswap.rules.job import Job, Status
from faceswap.rules.times import is_text

_MOST_PAGES = 10


class ListedJobs(NamedTuple):
    """A page of jobs, and where the list goes on, if it does."""

    jobs: list[Job]
    next_cursor: str | None


class ListJobs:
    """Lists jobs."""

    def __init__(self, *, jobs: Jobs) -> None:
        self._jobs = jobs

    def run(
        self, owner: str, *, status: Status | None, limit: int, cursor: str | None
    ) -> ListedJobs:
        """Jobs of one owner, newest first.

        With a status, a page may hold fewer than `limit` jobs, even none, and still have a next one.

        Raises:
            InvalidError: the cursor is none of ours.
        """
        position = _position(cursor) if cursor else None
        items: list[Job] = []
        for _ in range(_MOST_PAGES):
            page = self._jobs.page(owner, limit - len(items), position)
            items += [job for job in page.jobs if status is None or job.status == status]
            position = page.following
            if position is None or len(items) >= limit:
                break
        return ListedJobs(items, _cursor(position) if position else None)


def _cursor(position: Position) -> str:
    return urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def _position(cursor: str) -> Position:
    try:
        created_at, job_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if is_text(created_at) and is_job_id(job_id):
            return Position(created_at, job_id)
    except (ValueError, TypeError):
        pass
    raise InvalidError(
        "The list does not go on there.",
        [Fault(pointer="#", detail="query cursor: is none of ours")],
    )
