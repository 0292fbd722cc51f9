"""Retry: make a step again that failed, where to give up would cost more than to wait a little."""

from collections.abc import Callable
from typing import TypeVar

Step = TypeVar("Step")
_MOST_TRIES = 10
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Retry:
    """Makes steps until they come through: ten times at most, over some twenty seconds.

    The SDK of AWS repeats calls by itself, but no more once it has repeated a lot. What is made again has to be fit for
    it: a write whose answer was lost may have been made.
    """

    def __init__(self, *, sleep: Callable[[float], object], random: Callable[[], float]) -> None:
        self._sleep = sleep
        self._random = random

    def run(
        self,
        step: Callable[[], Step],
        *,
        failed: Callable[[], object],
        has_time: Callable[[], bool] = lambda: True,
    ) -> Step:
        """What the step gives. The last try raises what it raises.

        Args:
            step: what is made again if it raises.
            failed: told of each try that failed, while the exception is at hand.
            has_time: whether there is time for one more.
        """
        for number in range(_MOST_TRIES - 1):
            try:
                return step()
            except Exception:  # told of, and made again
                if not has_time():
                    raise
                failed()
            pause = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2**number)
            self._sleep(pause * (0.5 + self._random() / 2))
        return step()
