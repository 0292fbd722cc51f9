"""The operations that are counted: the real use cases and stores on a table with a backlog."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from faceswap.rules.ids import job_id_for_key
from local.scale.backlog import CALLER, job_id, owner_of, processing, waits
from local.scale.counting import Cost, Counting
from local.scale.wiring import KEY, UseCases

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OPERATIONS = {
    "create": "`POST /v1/jobs` with three landed uploads",
    "enter": "a job that finds no slot begins to wait",
    "get": "`GET` of the job that waits last",
    "list": "`GET /v1/jobs`, a page of 20",
    "list, none fit": "`GET /v1/jobs?status=failed` of an owner with 200 others",
    "next": "from a slot that gets free until it is handed over",
    "leave": "a job leaves its slot, and who is next has it and is woken",
    "wake": "a message for a job that sleeps",
    "webhook": "the provider tells that it is done",
    "cancel": "`POST …/cancel` of a job that waits",
    "delete": "`DELETE` of a job that waits, with three uploads",
    "dispatch": "the scheduled dispatch each minute, while no slot is free",
    "sweep": "the hourly sweep with 100 overdue jobs whose executions have died",
}
"""Each operation, and what it is."""
_PAGE = 20


def measure(dynamodb: "DynamoDBClient", table: str, open_jobs: int) -> dict[str, Cost]:
    """What each operation takes on a table that was filled with so many open jobs, one after the other.

    Raises:
        RuntimeError: the sweep could not help a job.
    """
    with Counting(dynamodb) as counting:
        steps = _steps(UseCases(dynamodb, table, counting), open_jobs)
        costs: dict[str, Cost] = {}
        for operation, step in steps.items():
            step()
            costs[operation] = counting.take()
    costs["next"] = costs["leave"].until_written
    return {operation: costs[operation] for operation in OPERATIONS}


def _steps(cases: UseCases, open_jobs: int) -> dict[str, Callable[[], object]]:
    """The operations in the order in which they are done: some need what others have left."""
    queued = next(number for number in reversed(range(open_jobs)) if waits(number))
    asleep = next(number for number in reversed(range(open_jobs)) if not waits(number))
    created = job_id_for_key(CALLER, KEY)
    return {
        "create": cases.create,
        "enter": lambda: cases.enter(created),
        "get": lambda: cases.get(created),
        "list": lambda: cases.list_jobs.run(CALLER, status=None, limit=_PAGE, cursor=None),
        "list, none fit": lambda: cases.list_jobs.run(
            CALLER, status="failed", limit=_PAGE, cursor=None
        ),
        "dispatch": lambda: cases.send_queued.run("https://api.example.com", has_time=lambda: True),
        "leave": lambda: cases.release_slot.run(processing(0)),
        "wake": lambda: cases.wake_job.run(job_id(asleep)),
        "webhook": cases.webhook,
        # Before jobs are cancelled and erased asleep: these are due at once.
        "sweep": lambda: cases.sweep_jobs.run(has_time=lambda: True, failed=_failed),
        "cancel": lambda: cases.cancel_job.run(job_id(queued), owner_of(queued)),
        "delete": lambda: cases.delete_job.run(created, CALLER),
    }


def _failed(name: str) -> None:
    raise RuntimeError(f"the sweep failed at {name}")
