"""Send all of an owner's callbacks again that were given up since some time."""

from collections.abc import Callable
from datetime import datetime

from faceswap.ports.callbacks import CallbackQueue, Deliveries
from faceswap.rules.callbacks import CallbackMessage, Delivery

_MOST_RECOVERED = 1000


class RecoverCallbacks:
    """Sends callbacks again that were given up: each begins its schedule anew; whoever asks twice sends once."""

    def __init__(
        self, *, deliveries: Deliveries, queue: CallbackQueue, clock: Callable[[], datetime]
    ) -> None:
        self._deliveries = deliveries
        self._queue = queue
        self._clock = clock

    def run(self, owner: str, since: datetime, public_base_url: str) -> int:
        """How many are sent again of those that were given up since, at most 1,000.

        Whoever dies between asking and sending may ask again in an hour.
        """
        found, _ = self._deliveries.given_up(owner, _MOST_RECOVERED, None, since)
        messages = [_recovering(each, public_base_url) for each in found]
        asked = [each for each in messages if self._deliveries.ask(each, self._clock())]
        self._queue.send(asked)
        return len(asked)


def _recovering(delivery: Delivery, public_base_url: str) -> CallbackMessage:
    return CallbackMessage(
        job_id=delivery.job_id,
        owner=delivery.owner,
        version=delivery.version,
        public_base_url=public_base_url,
        recovers=delivery.given_up_at,
    )
