"""Tells what a soak did and found: a table for people, a file for machines."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.faulty_stack import Ground
from tests.support.soak.books import Database
from tests.support.soak.plan import Plan


def figures(plan: Plan, ground: Ground, books: Database, seconds: float) -> dict[str, Any]:
    """Everything that was counted."""
    ledger = ground.world.ledger()
    ends = Counter(job.error or job.status for job in books.jobs)
    unknown = [job.job_id for job in books.jobs if job.error == "submission-unknown"]
    misbehaved = ground.world.misbehaved()
    faults = ground.faults.counts()
    return {
        "jobs": plan.jobs,
        "at_once": plan.at_once,
        "seed": plan.seed,
        "seconds": round(seconds, 1),
        "job_deadline_seconds": plan.job_deadline,
        "ends": dict(ends.most_common()),
        "unknown_by_aws_alone": sum(not plan.lost_its_answer(job_id) for job_id in unknown),
        "provider": {
            "taken": ledger["submits"],
            "refused": ledger["rejected"],
            "fetches": ledger["fetches"],
            "misbehaved": sum(misbehaved.values()),
            "misbehaviours": dict(sorted(misbehaved.items())),
        },
        "aws": {"broken_calls": sum(faults.values()), "faults": dict(sorted(faults.items()))},
        "wrong": books.counts,
        "names": {
            **books.findings._asdict(),
            "unexplained": books.unexplained,
            **books.told._asdict(),
            **books.limited._asdict(),
        },
    }


def table(told: dict[str, Any]) -> str:
    """The figures to read."""
    provider, aws = told["provider"], told["aws"]
    head = (
        f"{told['jobs']} jobs, {told['at_once']} at once, seed {told['seed']}: {told['seconds']} s"
    )
    lines = [head, "", "how they ended"]
    lines += _rows(told["ends"])
    lines += [
        f"  ({told['unknown_by_aws_alone']} of those unknown only because calls to AWS failed)"
    ]
    lines += ["", "the provider", *_rows({n: v for n, v in provider.items() if isinstance(v, int)})]
    lines += ["", "its misbehaviours", *_rows(provider["misbehaviours"])]
    lines += ["", f"calls to AWS broken: {aws['broken_calls']}", *_rows(aws["faults"])]
    lines += ["", "what is wrong", *_rows(told["wrong"])]
    lines += [f"  {kind}: {', '.join(names)}" for kind, names in told["names"].items() if names]
    return "\n".join(lines)


def write(told: dict[str, Any], path: Path) -> None:
    """Leave the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1) + "\n")


def _rows(counts: dict[str, int]) -> list[str]:
    width = max((len(name) for name in counts), default=0)
    return [f"  {name:<{width}} {number:>6}" for name, number in counts.items()]
