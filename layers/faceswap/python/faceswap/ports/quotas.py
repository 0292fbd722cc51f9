"""What owners and the stack may spend."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from faceswap.rules.budget import Budget
    from faceswap.rules.quotas import OwnerDay, PolicyName, Usage


class OverQuotaError(Exception):
    """Nothing was written, as the owner is over these limits."""

    def __init__(self, violated: "Sequence[PolicyName]") -> None:
        super().__init__(", ".join(violated))
        self.violated = violated


class OverBudgetError(Exception):
    """Nothing was written, as the job would go beyond the stack's budget of the day."""


class Budgets(Protocol):
    """What the stack spends, by UTC day and currency."""

    def on(self, day: "date", currency: str) -> "Budget":
        """What is reserved on a day, and by how much its budget was raised."""

    def raise_by(self, day: "date", currency: str, amount: "Decimal") -> "Budget":
        """Let so much more be spent on a day than the stack's budget; in the place of what was said before."""


class Rates(Protocol):
    """How fast owners ask."""

    def take(self, owner: str, now: datetime) -> datetime | None:
        """Count one request. None if it is admitted; else it is not counted: when one more would be, at the earliest.

        Raises:
            BusyError: it could not be counted, as too much is counted at once.
        """


class Usages(Protocol):
    """What has been counted of owners."""

    def of(self, counted: "OwnerDay", currency: str | None = None) -> "Usage":
        """What has been counted of an owner: of his jobs that are not over now, of the rest on that day.

        What he has spent is told in a currency; nothing without one.
        """
