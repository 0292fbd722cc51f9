"""What is counted of owners, in memory."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from faceswap.ports.quotas import OverBudgetError, OverQuotaError
from faceswap.rules.budget import Budget
from faceswap.rules.counting import Counts
from faceswap.rules.job import Job
from faceswap.rules.quotas import NO_QUOTAS, OwnerDay, Quotas, Usage
from faceswap.rules.uploads import Upload
from tests.fakes.calls import Before, at_once


class FakeCounters:
    """Counters by owner and day, and by owner."""

    def __init__(self, before: Before = at_once) -> None:
        self.days: dict[tuple[str, date], Usage] = defaultdict(Usage)
        self.open_jobs: dict[str, int] = defaultdict(int)
        self.spent: dict[tuple[str, date, str | None], Decimal] = defaultdict(Decimal)
        self.reserved: dict[tuple[date, str | None], Decimal] = defaultdict(Decimal)
        self.raised: dict[tuple[date, str | None], Decimal] = defaultdict(Decimal)
        self._before = before

    def of(self, counted: OwnerDay, currency: str | None = None) -> Usage:
        self._before("usage")
        return self.days[counted]._replace(
            open_jobs=self.open_jobs[counted.owner],
            spent=self.spent[counted.owner, counted.day, currency],
        )

    def on(self, day: date, currency: str) -> Budget:
        self._before("budget")
        return Budget(self.reserved[day, currency], self.raised[day, currency])

    def raise_by(self, day: date, currency: str, amount: Decimal) -> Budget:
        self.raised[day, currency] = amount
        return self.on(day, currency)

    def add_job(
        self,
        job: Job,
        counts: Counts,
        quotas: Quotas | None = None,
        daily_budget: Decimal | None = None,
    ) -> None:
        """Count, in the write of the job."""
        if counts.spent_on and daily_budget is not None and counts.spent > 0:
            where = (counts.spent_on, job.currency)
            budget = Budget(self.reserved[where], self.raised[where])
            if not budget.has_room(daily_budget, counts.spent):
                raise OverBudgetError
        day = (job.owner, job.counted_on) if job.counted_on else None
        known = self.days[day] if day else Usage()
        more = Usage(jobs=max(0, counts.jobs), open_jobs=max(0, counts.open_jobs))
        known_open = self.open_jobs[job.owner]
        violated = (quotas or NO_QUOTAS).over(known._replace(open_jobs=known_open), more)
        if violated:
            raise OverQuotaError(violated)
        if day:
            self.days[day] = known._replace(jobs=known.jobs + counts.jobs)
        self.open_jobs[job.owner] = known_open + counts.open_jobs
        if counts.spent_on:
            self.spent[job.owner, counts.spent_on, job.currency] += counts.spent
            self.reserved[counts.spent_on, job.currency] += counts.spent

    def add_upload(self, upload: Upload, quotas: Quotas) -> None:
        """Count, in the write of the upload."""
        day = (upload.owner, upload.created_at.date())
        known = self.days[day]
        violated = quotas.over(known, Usage(uploads=1, upload_bytes=upload.size))
        if violated:
            raise OverQuotaError(violated)
        self.days[day] = known._replace(
            uploads=known.uploads + 1, upload_bytes=known.upload_bytes + upload.size
        )
