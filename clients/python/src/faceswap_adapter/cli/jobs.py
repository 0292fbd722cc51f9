"""`faceswap jobs`: the caller's jobs, the newest first."""

import argparse
from itertools import islice

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from faceswap_adapter.cli.settings import add_connection, connect
from faceswap_adapter.cli.shown import print_json
from faceswap_adapter.models import Job

_STATUSES = (
    *("awaiting_upload", "queued", "submitting", "processing"),
    *("succeeded", "failed", "cancelled"),
)
_MOST_OF_A_PAGE = 100


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--status", choices=_STATUSES, help="only these")
    parser.add_argument("--limit", type=int, default=20, help="at most so many (20)")
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    add_connection(parser)


def run(given: argparse.Namespace) -> int:
    """Print them."""
    with connect(given) as client:
        size = max(1, min(given.limit, _MOST_OF_A_PAGE))
        jobs = list(islice(client.jobs(given.status, size), max(given.limit, 0)))
    if given.json:
        print_json([job.model_dump(mode="json", by_alias=True) for job in jobs])
    else:
        Console(highlight=False).print(_table(jobs) if jobs else "No jobs.")
    return 0


def _table(jobs: list[Job]) -> Table:
    table = Table("job", "status", "created", "reference", "error", box=None, pad_edge=False)
    for job in jobs:
        table.add_row(
            job.job_id,
            job.status,
            f"{job.created_at:%Y-%m-%d %H:%M:%S} UTC",
            escape(job.client_reference or ""),
            escape(job.error.title if job.error else ""),
        )
    return table
