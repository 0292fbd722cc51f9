"""The stack's budget of a UTC day: how much may be spent on jobs that are sent on it."""

from decimal import Decimal
from typing import NamedTuple


class Budget(NamedTuple):
    """What is reserved on a day, and by how much somebody has raised that day's budget."""

    reserved: Decimal = Decimal(0)
    raised: Decimal = Decimal(0)

    @property
    def counted(self) -> Decimal:
        """What counts against the budget that the stack was deployed with."""
        return self.reserved - self.raised

    def has_room(self, daily: Decimal, price: Decimal) -> bool:
        """Whether one more job may be sent, by the day's budget as it was deployed."""
        return self.counted + price <= daily

    def used(self, daily: Decimal, price: Decimal) -> int:
        """How much of the day's budget is used, in percent rounded down; 100 once no further job may be sent."""
        if not self.has_room(daily, price):
            return 100
        return int(100 * self.reserved / (daily + self.raised))
