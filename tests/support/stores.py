"""One implementation of each store, in memory or real, as contract tests use it."""

from dataclasses import dataclass

from faceswap.ports.admission import Admission, OwnerSlots, Queue
from faceswap.ports.callbacks import CallbackSecretNumbers, Deliveries, SlowReceivers
from faceswap.ports.executions import Executions
from faceswap.ports.inbox import Inbox
from faceswap.ports.jobs import JobLists, Jobs, Requests
from faceswap.ports.keys import Keys
from faceswap.ports.media import MediaBucket, MultipartUploads
from faceswap.ports.quotas import Budgets, Rates, Usages
from faceswap.ports.uploads import Uploads
from faceswap.rules.rates import Rate

SLOTS = 2
"""How many there are in each store of slots."""

RATE = Rate(6)
"""Of the requests of an owner."""


@dataclass
class Stores:
    """One implementation of each store."""

    jobs: Jobs
    job_lists: JobLists
    requests: Requests
    uploads: Uploads
    media: MediaBucket
    multipart: MultipartUploads
    admission: Admission
    queue: Queue
    executions: Executions
    deliveries: Deliveries
    owner_slots: OwnerSlots
    slow_receivers: SlowReceivers
    secret_numbers: CallbackSecretNumbers
    inbox: Inbox
    keys: Keys
    usages: Usages
    budgets: Budgets
    rates: Rates

    def put(self, key: str, content: bytes) -> None:
        """Let an object lie in the bucket."""
        self.media.archive(key, _Content(content), "video/mp4")


class _Content:
    def __init__(self, content: bytes) -> None:
        self._left = content

    def read(self, size: int = -1, /) -> bytes:
        end = len(self._left) if size < 0 else size
        piece, self._left = self._left[:end], self._left[end:]
        return piece
