"""What a month of jobs needs of AWS's quotas, by what a job takes (docs/cost.md), and which quota is met first."""

from dataclasses import dataclass

SECONDS_OF_A_MONTH = 30 * 86_400
PEAK = 10
"""The busiest second of a month, as a multiple of the mean."""
AT_PROVIDER = 330
"""How long a job is at the provider, in seconds: between 1 and 10 minutes."""
IN_FUNCTIONS = 5.2
"""How long functions work or wait in a job, in seconds: 0.2 as measured, and the provider's answers and the copy."""
START_SECONDS = 0.03
"""How long the starter takes for one StartExecution."""

_DEVELOPER = "https://docs.aws.amazon.com/{}/latest/{}"
_API = _DEVELOPER.format("apigateway", "developerguide/limits.html")
_LAMBDA = _DEVELOPER.format("lambda", "dg/gettingstarted-limits.html")
_STATES = _DEVELOPER.format("step-functions", "dg/service-quotas.html")
_BUS = _DEVELOPER.format("eventbridge", "userguide/eb-quota.html")
_TABLE = _DEVELOPER.format("amazondynamodb", "developerguide/ServiceQuotas.html")
_KEYS = _DEVELOPER.format("amazondynamodb", "developerguide/bp-partition-key-design.html")
_QUEUE = _DEVELOPER.format("AWSSimpleQueueService", "SQSDeveloperGuide/quotas-queues.html")


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota of an account in us-east-1, and how much of it a job a second takes.

    `was_read`: the figure stands on the page as it could be read when this was written; else it is from memory.
    """

    name: str
    of_a_job: float
    limit: float
    unit: str
    page: str
    was_read: bool = True

    def needed(self, jobs_a_month: int) -> float:
        """What the busiest second needs."""
        return self.of_a_job * peak(jobs_a_month)

    def share(self, jobs_a_month: int) -> float:
        """The same as a share of the quota."""
        return self.needed(jobs_a_month) / self.limit


QUOTAS = (
    Quota("Lambda concurrency", IN_FUNCTIONS, 1000, "at once", _LAMBDA),
    Quota("StartExecution (1,300 more at once)", 1, 300, "a second", _STATES, was_read=False),
    Quota("state transitions (5,000 more at once)", 5, 1500, "a second", _STATES, was_read=False),
    Quota("open executions", AT_PROVIDER, 1_000_000, "at once", _STATES),
    Quota("HTTP requests (5,000 more at once)", 11, 10_000, "a second", _API),
    Quota("DynamoDB write units of a table", 28, 40_000, "a second", _TABLE),
    Quota("DynamoDB read units of a table", 20, 40_000, "a second", _TABLE),
    Quota(
        "write units of one key: the slots' item, while small",
        2,
        1000,
        "a second",
        _KEYS,
        was_read=False,
    ),
    Quota("PutEvents, one a job that is told of", 1, 10_000, "a second", _BUS),
    Quota("EventBridge invocations: uploads and ends", 5, 18_750, "a second", _BUS),
    Quota("SQS messages in flight, at 2 s a callback", 2, 120_000, "at once", _QUEUE),
)
"""Of the life that takes most of each; each has its page."""


def mean(jobs_a_month: int) -> float:
    """Jobs a second."""
    return jobs_a_month / SECONDS_OF_A_MONTH


def peak(jobs_a_month: int) -> float:
    """Jobs in the busiest second."""
    return PEAK * mean(jobs_a_month)


def first_met(jobs_a_month: int) -> list[Quota]:
    """The quotas that the busiest second exceeds, the one that is met first before the others."""
    met = [quota for quota in QUOTAS if quota.share(jobs_a_month) > 1]
    return sorted(met, key=lambda quota: -quota.share(jobs_a_month))


def shards(jobs_a_month: int) -> float:
    """How many shards of the stream the starter needs: in each it starts one job after the other."""
    return peak(jobs_a_month) * START_SECONDS


def slots(jobs_a_month: int) -> float:
    """How many jobs are at the provider at once, on the average."""
    return mean(jobs_a_month) * AT_PROVIDER
