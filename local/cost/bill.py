"""What counted units cost, and the page that tells it."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.cost.prices import DATE, PRICES, REGION

JOBS = 1_000_000
POLL_SECONDS = 15
POLLED_SECONDS = 300
"""How long a job lasts in the comparison with a loop that polls."""
ALARM_METRICS = 24
"""How many metrics the template's alarms look at together; each is paid for."""

_STATES_OF_A_POLL = 3
_STATES_BESIDE = 3

_SECONDS_A_DAY = 86_400
_ROUTE_A_SECOND = 1000
"""`RouteRequestsPerSecond` as it comes."""

Units = Mapping[str, float]
"""How many units a job takes, by the price's name."""


@dataclass(frozen=True)
class Life:
    """One counted life of a job and the most that a million of them may cost, in dollars."""

    title: str
    units: Units
    limit: float

    @property
    def dollars(self) -> float:
        """What a million of them cost."""
        return dollars(self.units)


def dollars(units: Units) -> float:
    """What these units cost for each of a million jobs, together."""
    return sum(PRICES[name].per_million * count for name, count in units.items())


def a_loop() -> Units:
    """What a state machine takes that waits, asks by a function and chooses, every 15 seconds for 5 minutes."""
    polls = POLLED_SECONDS / POLL_SECONDS
    transitions = _STATES_OF_A_POLL * polls + _STATES_BESIDE
    return {"transitions": transitions, "invocations": polls, "reads": polls, "writes": polls}


def a_refusal() -> Units:
    """What a request takes that is refused for its owner's rate: 5 ms, 1.3 KB of logs, one in twenty traced."""
    return {"http": 1, "invocations": 1, "gb_seconds": 0.005, "log_kb": 1.3, "traces": 0.05}


def page(lives: list[Life]) -> str:
    """`docs/cost.md`."""
    parts = [_HEAD, _table(lives), _LOOP, _FLOOD, _BESIDE]
    return "\n".join(parts)


def _table(lives: list[Life]) -> str:
    titles = " | ".join(f"{life.title}: a job | dollars" for life in lives)
    lines = [f"| | a million | {titles} |", f"|---|---:|{'---:|---:|' * len(lives)}"]
    for name in [name for name in PRICES if any(life.units.get(name) for life in lives)]:
        price = PRICES[name]
        counts = [life.units.get(name, 0) for life in lives]
        cells = " | ".join(f"{count:g} | {price.per_million * count:.2f}" for count in counts)
        lines.append(f"| [{price.unit}]({price.source}) | {price.per_million:g} | {cells} |")
    sums = " | ".join(f"at most {life.limit:g} | **{life.dollars:.2f}**" for life in lives)
    return "\n".join([*lines, f"| **all** | | {sums} |", ""])


def _each(name: str) -> str:
    return f"{PRICES[name].per_million:.2f}"


def _monthly(name: str) -> str:
    return f"{PRICES[name].per_million / JOBS:.2f}"


_HEAD = f"""\
# What a job costs on AWS

Written by `make cost`, which lives each life on the local stack and counts every call that leaves a function, every
write in the table's stream, every state entered, and every request of the app and the provider. `make test` counts
again and compares. Nobody has compared it with a bill.
Prices: {REGION}, {DATE}, arm64, on demand, without free tiers; dollars for a million jobs.

The happy path: three uploads, one job, the provider reads each upload once by the link that it got, the webhook ends
the job, two reads, the link to the result, its download. Links by which the provider reads uploads without a redirect
(`InputLinks=presigned`) would take three requests, invocations and reads less.
Before a job is sent each of its uploads is looked at by one read of S3, three in all; a video whose index lies
at its end takes one or two more, an upload in parts with a declared SHA-256 one more and a write.
With the webhook lost, two polls end it. Told by a callback is the happy path whose end is posted to an address that
takes it at once; each further try takes 2 SQS requests, 1 invocation and 4 writes. Asked for by an event is a job of
three addresses of the client's, which an event asks for and whose end an event tells; the event that asks is paid by
whoever puts it. Dropped in the inbox is a manifest whose three files were there before, with its answer. By the
vendor's contract is a job of three addresses, fetched twice, whose end is told by a webhook and whose video is read.
With limits is the happy path of an owner under every limit, in a stack with a price and a budget: jobs, uploads, bytes
and money are counted, and the rate of requests, which takes one write more each time he asks again within seconds.
Processes are warm: they have read the secrets.
"""

_LOOP = f"""\
A loop that polls every {POLL_SECONDS} s would cost about {dollars(a_loop()):,.0f} for jobs of
{POLLED_SECONDS // 60} minutes: it enters {_STATES_OF_A_POLL} states each time.
"""

_FLOOD = f"""\
A million requests that are refused for their owner's rate (`OwnerRequestsPerMinute`) cost about
{dollars(a_refusal()):.2f}: the request, 5 ms, 1.3 KB of logs, a trace of one in twenty, and nothing of the table, which
each process asks once for each request that the owner may make. What the gateway itself refuses costs nothing. So a
flood of one route at {_ROUTE_A_SECOND:,} a second (`RouteRequestsPerSecond`) costs at most
{dollars(a_refusal()) * _SECONDS_A_DAY * _ROUTE_A_SECOND / JOBS:,.0f} dollars a day.
"""

_BESIDE = f"""\
Not in these sums, because they depend on the media, the provider and the traffic:

- compute: {_each("gb_seconds")} for each second that a function of 1 GB works or waits in every job. On the local stack
  all events of the happy path take 0.2 s together; add the provider's time to answer a submit, and the time to carry a
  result from its host to the bucket;
- logs: {_each("log_kb")} for each KB in every job; traces: {_each("traces")} for each one that is sampled;
  a secret is read once a process, at {_each("secret_reads")} for a million reads;
- lists: a page reads the index once and then each job that it shows, whole; a page by status reads at most ten times
  and 200 jobs, about 105 read units, however many there are;
- data: what leaves AWS (results that owners download, uploads that the provider reads), and storage until the
  lifecycle ends it;
- keys: one of our own, for the access log, at {_monthly("key_months")} a month. The table's is the one of AWS,
  whose requests cost {_each("key_requests")} a million; DynamoDB asks for it at most once in five minutes a connection.
  Bucket, queue, logs and secrets cost nothing there;
- by the month, whatever the traffic: alarms {_monthly("alarm_months")} for each of the {ALARM_METRICS} metrics that
  they look at, metrics of our own {_monthly("metric_months")} each in each stack, secrets
  {_monthly("secret_months")} each, the dashboard {_monthly("dashboard_months")}, the hourly sweep below 0.10, the
  scheduled dispatch each minute (43,800 invocations, each with one read and a trace) about 0.30;
- the audit costs nothing until it is switched on. A line is an event of our own, the invocation that puts it there, and
  5 KB of Firehose at least; limits, a price and a budget cost nothing until they are set, and what the last column says
  then: a write that counts is a transaction, each item of which costs twice;
- the client for machines, only with `MachineAccess=true`: {_monthly("machine_months")} a month, and
  {PRICES["machine_tokens"].per_million / 1000:.2f} for each thousand tokens that it gets, so a machine keeps its token
  until it ends. Without an issuer Cognito also bills the people who sign in in a month, above its free ones;
- kept versions: none. A deploy deletes the versions of functions and layers that it replaced; their code costs
  nothing below 75 GB in a region. With `SnapStart=PublishedVersions` the snapshots of the two live versions cost
  {_monthly("snapshot_months")} for each GB of memory and month, and each restore besides.
"""
