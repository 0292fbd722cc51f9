"""Send all of an owner's callbacks again that were given up since some time."""

from datetime import datetime

from faceswap.ports import CallbackQueue, Deliveries
from faceswap.rules.callbacks import CallbackMessage

_MOST_RECOVERED = 1000


class RecoverCallbacks:
    """Sends callbacks again that were given up: each begins its schedule anew."""

    def __init__(self, *, deliveries: Deliveries, queue: CallbackQueue) -> None:
        self._deliveries = deliveries
        self._queue = queue

    def run(self, owner: str, since: datetime, public_base_url: str) -> int:
        """How many are sent again of those that were given up since, at most 1,000."""
        found, _ = self._deliveries.given_up(owner, _MOST_RECOVERED, None, since)
        self._queue.send(
            [
                CallbackMessage(
                    job_id=each.job_id,
                    owner=owner,
                    version=each.version,
                    public_base_url=public_base_url,
                    recovers=each.given_up_at,
                )
                for each in found
            ]
        )
        return len(found)
