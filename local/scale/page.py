"""docs/scale.md: what was counted, simulated and computed."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from local.scale.backlog import LISTED, OWNERS, SLOTS
from local.scale.counting import Cost
from local.scale.operations import OPERATIONS
from local.scale.quotas import (
    AT_PROVIDER,
    IN_FUNCTIONS,
    PEAK,
    QUOTAS,
    START_SECONDS,
    Quota,
    first_met,
    mean,
    peak,
    shards,
    slots,
)
from local.scale.simulation import Wait

Measured = Mapping[int, Mapping[str, Cost]]
"""What each operation took, by the number of open jobs."""
FEW, MANY = 1_000_000, 100_000_000
"""Jobs of a month."""
COSTS_PLOT, WAITS_PLOT = "scale-costs.png", "scale-waits.png"
MOST_READS_TO_NEXT, MOST_READS_OF_GET, MOST_REQUESTS_OF_CREATE = 10, 3, 5
_HOUR = 3600


def not_flat(measured: Measured) -> list[str]:
    """The operations that take not the same with each number of open jobs."""
    return [
        operation
        for operation in OPERATIONS
        if len({_counts(costs[operation]) for costs in measured.values()}) > 1
    ]


def page(measured: Measured, waits: Mapping[str, Sequence[Wait]]) -> str:
    """The whole page."""
    parts = [_HEAD, *_costs(measured), *_waits(waits), *_quotas()]
    return "\n".join(parts)


def _counts(cost: Cost) -> tuple[int, float, float]:
    return cost.requests, cost.reads, cost.writes


def _costs(measured: Measured) -> Iterable[str]:
    sizes = sorted(measured)
    yield _COUNTED
    groups = " | ".join(f"{size:,} open jobs: requests | reads | writes" for size in sizes)
    yield f"| | | {groups} |"
    yield f"|---|---|{'---:|---:|---:|' * len(sizes)}"
    for operation, what in OPERATIONS.items():
        counts = [_counts(measured[size][operation]) for size in sizes]
        cells = " | ".join(f"{count:g}" for each in counts for count in each)
        yield f"| {operation} | {what} | {cells} |"
    rising = not_flat(measured)
    held = "Every row is flat." if not rising else f"Not flat: {', '.join(rising)}."
    costs = measured[sizes[-1]]
    yield f"""
{held} Who is next takes {costs["next"].reading} reads (at most {MOST_READS_TO_NEXT}), a `GET` of a queued job
{costs["get"].reading} (at most {MOST_READS_OF_GET}), a creation {costs["create"].requests} round trips (at most \
{MOST_REQUESTS_OF_CREATE}).

![Requests and units by open jobs: all lines are level]({COSTS_PLOT})

- *leave* makes {costs["leave"].reading} reads in all: after the hand-over dispatch looks once more whether a slot
  is left.
- *list*: a projection makes the answer smaller, not the units fewer: DynamoDB counts whole items. A page by status
  that nobody has ends after ten pages of the index.
- *sweep*: a read, a write and two calls to Step Functions for each overdue job, and {_beside(costs["sweep"])} requests
  besides, whatever else is open.
- *enter* begins with the read of the job, and takes one write more where the owner's next number is not just one more
  than his last.
- Where less than a page waits it is cheaper: `GET` counts up to 50 jobs ahead, dispatch reads up to 20 of each key.
"""


def _beside(cost: Cost) -> int:
    return cost.requests - 4 * cost.by_name["StartExecution"]


def _waits(waits: Mapping[str, Sequence[Wait]]) -> Iterable[str]:
    yield _SIMULATED
    disciplines = " | ".join(f"{name}: median | longest" for name in waits)
    yield f"| owner | {disciplines} |"
    yield f"|---|{'---:|---:|' * len(waits)}"
    owners = dict.fromkeys(wait.owner for each in waits.values() for wait in each)
    for owner in sorted(owners):
        cells = []
        for each in waits.values():
            seconds = [wait.seconds for wait in each if wait.owner == owner]
            cells += [_span(median(seconds)), _span(max(seconds))]
        yield f"| {owner} | {' | '.join(cells)} |"
    yield f"\n![Waiting times by owner, beside first come first served]({WAITS_PLOT})\n"


def _span(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds < _HOUR else f"{seconds / _HOUR:,.1f} h"


def _quotas() -> Iterable[str]:
    yield _COMPUTED
    yield f"| quota | default | needed by {FEW:,} | share | needed by {MANY:,} | share |"
    yield "|---|---:|---:|---:|---:|---:|"
    for quota in sorted(QUOTAS, key=lambda each: -each.share(MANY)):
        few, many = (
            f"{quota.needed(count):,.3g} | {quota.share(count):.1%}"
            if quota.needed(count) < 1000
            else f"{quota.needed(count):,.0f} | {quota.share(count):.1%}"
            for count in (FEW, MANY)
        )
        yield f"| {_named(quota)} | {quota.limit:,} {quota.unit} | {few} | {many} |"
    yield f"""
¹ From memory: these figures could not be read on the page when this was written. AWS raises a quota on request, but for
those of one key and of a shard's readers; a new account may have less.

{_met(FEW)}
{_met(MANY)}
{_MET}
Besides, and not to be raised by AWS:

- *Slots at the provider*: {MANY:,} jobs a month are {slots(MANY):,.0f} at once; `ProviderConcurrency` ends at 999,
  and the provider's plans at 15. {slots(FEW):,.0f} are needed for {FEW:,}. **This is met before any quota of AWS.**
  What is beyond it waits in the queue until its deadline. All leases stand on one item, which 999 of them make some
  60 KB: a write of it then takes 60 units, so that one key takes 16 in a second; 999 slots bring 6.
- *Readers of the stream*: two a shard
  ([Streams](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html)), and two there are: the
  starter and the pipe. A third one needs another way. The number of shards follows the table's partitions; in each
  the starter starts one job after the other; at {START_SECONDS * 1000:.0f} ms each the busiest second of {MANY:,}
  wants {shards(MANY):,.0f} shards; with fewer, jobs begin later.
- *Callbacks*: the mapping posts ten at once (`CallbackDue`); at 2 s each that is 5 a second, {MANY:,} jobs that are
  told of bring {mean(MANY):,.0f}. SQS keeps the others, whatever their number, for as long as the queue
  keeps messages.
"""


def _met(jobs: int) -> str:
    met = [f"**{quota.name}** ({quota.share(jobs):.0%})" for quota in first_met(jobs)]
    return (
        f"With {jobs:,} jobs a month {', then '.join(met)} is met."
        if met
        else f"With {jobs:,} none is met."
    )


def _named(quota: Quota) -> str:
    mark = "" if quota.was_read else " ¹"
    return f"[{quota.name}]({quota.page}){mark}"


_HEAD = f"""\
# A hundred thousand jobs, a thousand owners

Written by `make scale`. What grows with a backlog, and what does not: counted on the emulator's table, simulated,
and computed. Nothing of it was measured on AWS.

## What operations take
The real use cases and stores, on a table into which the open jobs of {OWNERS:,} owners were put directly: half wait
in the queue, half for their uploads, {SLOTS} have all the slots. 100 are overdue. The caller has {LISTED} jobs that
are over.
Executions and bucket are stood in for; what they are asked counts as a request.
"""

_COUNTED = """\
Requests are made one after the other. Units of writes are the emulator's, those of reads follow from sizes (1 for 4
KB of an item, half of it where a read may lag behind). Task tokens have 640 characters.
"""

_SIMULATED = """\
## How long jobs wait
The queue's real rule over passed-in time: three owners with 100,000, 100 and 1 jobs, one second apart in this
order, 10 slots, jobs of 1 to 10 minutes. Beside it the same jobs, first come, first served. Nobody gives up here; by
default a job that has waited for a week (`QueueDeadlineSeconds`) ends.
"""

_COMPUTED = f"""\
## What a month needs of AWS's quotas
{FEW:,} jobs a month are {mean(FEW):.2g} a second, {MANY:,} are {mean(MANY):.3g}; the busiest second is taken to
have {PEAK} times that: {peak(FEW):.2g} and {peak(MANY):.3g}. What a job takes is counted in [cost.md](cost.md), the
life that takes most of each. Assumed: {AT_PROVIDER} s at the provider, and {IN_FUNCTIONS:g} s in functions: the 0.2
s that were measured, and 5 s for the provider's answers and the copy of the result. Quotas are those of us-east-1,
by default.
"""

_MET = """\
Lambda's comes first by the assumed 5 s alone: below 2.6 s in functions a job it is not met at all.

What then happens: throttled calls are retried, and nothing is lost.

- *Lambda*: the API answers 429 or 503, and clients try again; the state machine tries a task again, then pauses and
  tries again, until the job's deadline; the stream and the queue keep what is not taken. A webhook that is lost is
  replaced by a poll.
- *StartExecution*: boto3 makes four attempts, then the stream brings the batch again, halved. What it gives up
  after 20 tries lies in the queue of dead letters, and the sweep starts what never began within the hour.
- *Transitions*: Step Functions itself delays them.

`tests/faults` throttles an eighth of all calls to AWS by its proxy and finds every job once; 500 jobs at a third of
broken calls are in [reliability.md](reliability.md). That proxy does not imitate a bucket of tokens.
"""
