"""Comparing what the clients were promised with the provider's ledger, the table and the bucket."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from faceswap.rules.ids import track_id
from tests.support.world import FINAL


class Seen(NamedTuple):
    """One job as the table holds it."""

    job_id: str
    owner: str
    status: str
    error: str | None
    key: str | None


class Findings(NamedTuple):
    """What is wrong, as the names of jobs and objects; all empty if nothing is."""

    lost: list[str]
    twice: list[str]
    stuck: list[str]
    wrong_owner: list[str]
    orphans: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: len(each) for name, each in self._asdict().items()}


def seen(items: Iterable[Mapping[str, Any]]) -> list[Seen]:
    """The jobs among a table's items."""
    return [_seen(item) for item in items if item["pk"]["S"].startswith("job#")]


def reconcile(
    promised: Mapping[str, str],
    jobs: Sequence[Seen],
    ledger: Mapping[str, Any],
    objects: Iterable[str],
    running: Iterable[str],
) -> Findings:
    """Find what does not fit.

    Args:
        promised: the jobs that clients were told of, and the owner of each.
        jobs: those on the table.
        ledger: what the provider counted.
        objects: the keys of the results in the bucket.
        running: the jobs whose executions have not ended.
    """
    known = {job.job_id: job for job in jobs}
    kept = set(objects)
    named = {job.key for job in jobs if job.status == "succeeded" and job.key}
    submits = Counter(str(entry["track_id"]) for entry in ledger["jobs"])
    made_nothing = [job.job_id for job in jobs if job.status == "succeeded" and job.key not in kept]
    never_sent = [
        job.job_id
        for job in jobs
        if job.status == "succeeded" and not submits[str(track_id(job.job_id))]
    ]
    open_jobs = [job.job_id for job in jobs if job.status not in FINAL]
    strangers = [
        job.job_id
        for job in jobs
        if promised.get(job.job_id) != job.owner
        or (job.key and not job.key.startswith(f"results/{job.job_id}/"))
    ]
    return Findings(
        lost=sorted({*(promised.keys() - known.keys()), *made_nothing, *never_sent}),
        twice=sorted(job_id for job_id in known if submits[str(track_id(job_id))] > 1),
        stuck=sorted({*open_jobs, *running}),
        wrong_owner=sorted(strangers),
        orphans=sorted(kept - named),
    )


def _seen(item: Mapping[str, Any]) -> Seen:
    error, result = item.get("error"), item.get("result")
    return Seen(
        job_id=item["pk"]["S"].removeprefix("job#"),
        owner=item["owner"]["S"],
        status=item["status"]["S"],
        error=error["M"]["type"]["S"] if error else None,
        key=result["M"]["key"]["S"] if result else None,
    )
