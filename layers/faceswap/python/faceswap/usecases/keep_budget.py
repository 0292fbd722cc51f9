"""Keep the stack within its budget of the day: how much of it is used, and to send on once there is room again."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from faceswap.ports.admission import Admission
from faceswap.ports.quotas import Budgets
from faceswap.rules.job import Job
from faceswap.usecases.dispatch_slots import DispatchSlots


class KeepBudget:
    """Looks after the budget `daily`. `used` is told how many percent of it are used, 100 if no `price` fits in it.

    Each currency has its own: what jobs cost that were made before the stack's was changed is not added to the new one.
    Without a budget it only sends on what still waits for one.
    """

    def __init__(
        self,
        *,
        admission: Admission,
        budgets: Budgets,
        dispatch_slots: DispatchSlots,
        daily: Decimal | None,
        price: Decimal,
        currency: str,
        used: Callable[[int], object],
        clock: Callable[[], datetime],
    ) -> None:
        self._admission = admission
        self._budgets = budgets
        self._dispatch_slots = dispatch_slots
        self._price = price
        self._used = used
        self._clock = clock
        self.currency = currency
        self.daily = daily

    def run(self, waiting: Job | None = None) -> None:
        """Tell how much is used; if somebody has raised the budget, or a price was given back, send on.

        Whoever holds the queue back looks here afterwards, and whoever raises the budget does: so neither misses the
        other.

        Args:
            waiting: the job of this `currency` that found no room; there is room only if it would fit now. None: one of
                today's price.
        """
        price = self._price if waiting is None or waiting.price is None else waiting.price
        now = self._clock()
        if self.daily is not None:
            budget = self._budgets.on(now.astimezone(UTC).date(), self.currency)
            self._used(budget.used(self.daily, self._price))
            if not budget.has_room(self.daily, price):
                return
        state = self._admission.state()
        if state.is_held_for_budget(now):
            self._admission.lift_hold(state)
            self._dispatch_slots.run()
