"""Jobs, lists of them and what a request for one finds."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from faceswap.rules.job import Evidence, Job, ProviderDeletion
from faceswap.rules.status import Status
from faceswap.rules.uploads import Upload

if TYPE_CHECKING:
    from decimal import Decimal

    from faceswap.rules.quotas import OwnerDay, Quotas, Usage


class Position(NamedTuple):
    """A place in an owner's list of jobs: behind this one."""

    created_at: str
    job_id: str


class Page(NamedTuple):
    """Some jobs of a list, and where it goes on, if it does."""

    jobs: list[Job]
    following: Position | None


class RefusedContentError(Exception):
    """The table takes no such write, however often it is repeated: a value or the size is beyond its bounds."""


class BusyError(Exception):
    """Nothing was written, as others have written the same again and again meanwhile: try again."""


class Wakeup(NamedTuple):
    """A job after somebody meant to wake it, and whether that was counted: then whoever sleeps has to rise."""

    job: Job
    is_counted: bool


class Jobs(Protocol):
    """Jobs by id. Each change is one conditional write (architecture, rules 2 and 3)."""

    def get(self, job_id: str) -> Job | None:
        """The job as it is now, None if there is none.

        Raises:
            ValueError: what is stored is no job.
        """

    def create(self, job: Job, quotas: "Quotas | None" = None) -> Job | None:
        """Store a new job. None if done; else the job that already has this id, untouched.

        What `counted_on` and `counted_open` say is counted in the same write, within these limits.

        Raises:
            OverQuotaError: a limit is reached, and no job has this id.
            BusyError: others count for the same owner all the time.
        """

    def move(
        self,
        job: Job,
        to: Status,
        now: datetime,
        *,
        wake: bool = False,
        unless_woken: bool = False,
        **changes: object,
    ) -> Job | None:
        """Change the status, from the one that `job` shows.

        Args:
            job: as read; a job that has moved since is left alone.
            to: the new status.
            now: becomes `updated_at`.
            wake: also count a wake-up.
            unless_woken: leave a job alone that was woken since it was read, too.
            changes: fields of Job; None removes one. A job that gets a `closed_at` loses its task token.

        Returns:
            The job as it is after the change, or None if it has moved since it was read.

        A job that ends gives back what was counted of it, in the same write (`rules.counting`).

        Raises:
            BusyError: others count for the same owner all the time.
            ValueError: a job does not change from its status to that one.
            RefusedContentError: the table does not even take the write without its optional fields.
        """

    def begin(
        self, job: Job, now: datetime, daily_budget: "Decimal | None", **changes: object
    ) -> Job | None:
        """Change the status to `submitting`, the last thing before the request. Returns and raises as `move` does.

        Args:
            job: as read.
            now: becomes `updated_at`.
            daily_budget: within this the stack may spend the job's price today, or as much more as somebody has said.
            changes: fields of Job.

        Raises:
            OverBudgetError: the job's price would go beyond the budget.
        """

    def note(self, job: Job, **changes: object) -> Job | None:
        """Keep the books on a job that stays in its status. Returns and raises as `move` does."""

    def close(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        """Nobody has anything left to do about a final job.

        Args:
            job: as read; one that was woken since is left alone.
            now: becomes `closed_at`.
            deletion: what became of asking the provider to delete; None if nobody asked.

        Returns:
            The job as it is after the change, or None if it was woken or changed since it was read.
        """

    def reopen(self, job_id: str, request_id: str | None = None) -> None:
        """A closed job that was erased has something left at the provider, perhaps under an id that is news."""

    def wake(
        self,
        job_id: str,
        *,
        only_in: Status | None = None,
        seen: int | None = None,
        once: str | None = None,
        **evidence: Evidence,
    ) -> Wakeup | None:
        """Count a wake-up and keep what a message said (`evidence_…` fields).

        A job in another status than `only_in` is left alone, and one whose count of wake-ups is not the one that was
        `seen`; one in that status is due at once. A message of the kind
        `once` counts if it brings evidence that is kept, or is the first of its kind; a repetition is nothing.

        The first message of a kind stays; one that names another request id than the job's is not kept. Of what is
        said about a draining job only the id is kept.

        Returns:
            The job after the write, or as it is if nothing was written; None if there is none.

        Raises:
            RefusedContentError: the table does not even take the write with the essentials of what was said.
        """

    def erase(self, job: Job, now: datetime, deletion: ProviderDeletion | None) -> Job | None:
        """Strip a final job of all but what an audit needs, and count a wake-up. Returns as `move` does.

        A job that was closed or woken since it was read is left alone, too: then there is more to be known of it.
        """

    def note_answer(self, job_id: str, request_id: str | None, *, provider_done: bool) -> None:
        """Keep what became known at the provider of a job that has ended, and count a wake-up."""

    def give_back_price(self, sent: Job) -> None:
        """The provider began nothing of a job that has ended since it was sent: its price is not spent any more.

        Once; a job of which the provider has spoken is left alone.
        """

    def count_late_success(self, job_id: str, request_id: str | None) -> None:
        """A success came for a job that is final: count it and keep its id, change nothing else."""

    def cut_callback(self, job: Job) -> None:
        """Keep the address of a job's callback without its query, unless the job was erased meanwhile."""


class JobLists(Protocol):
    """Lists of jobs; they may lag behind."""

    def page(self, owner: str, limit: int, after: Position | None) -> Page:
        """An owner's jobs, newest first, at most `limit`, from behind a position on."""

    def due(self, now: datetime) -> Iterator[str]:
        """The ids of jobs that are not closed, and that nobody has looked after when it was due; may lag behind.

        The most overdue comes first.
        """


class Known(NamedTuple):
    """What a request for a job finds: the job that its key made before, and the uploads that are there, by id.

    `usage` is what was counted of its owner, where that was asked for.
    """

    job: Job | None
    uploads: Mapping[str, Upload]
    usage: "Usage | None" = None


class Requests(Protocol):
    """What is known when a job is asked for."""

    def read(
        self, job_id: str | None, upload_ids: Collection[str], usage_of: "OwnerDay | None" = None
    ) -> Known:
        """The job that there may be already, and the uploads that are named, as they are now, in one read.

        With `usage_of` also what was counted then.
        """
