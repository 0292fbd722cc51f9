"""The ports in memory. They pass the contract tests of the real stores (tests/contracts).

Each takes `before`, called with a method's name before it does what the call does: there somebody else may go on, a
fault may be raised, or the caller may die.
"""

from tests.fakes.admission import FakeAdmission
from tests.fakes.callbacks import (
    FakeCallbackQueue,
    FakeDeliveries,
    FakeOwnerSlots,
    FakeSecretNumbers,
    FakeSlowReceivers,
)
from tests.fakes.counters import FakeCounters
from tests.fakes.events import FakeEvents
from tests.fakes.executions import FakeExecutions
from tests.fakes.inbox import FakeInbox
from tests.fakes.jobs import FakeJobs
from tests.fakes.keys import FakeKeys
from tests.fakes.media import FakeMedia
from tests.fakes.multipart import FakeMultipart
from tests.fakes.provider import FakeProvider, FakeReader, Order
from tests.fakes.queue import FakeQueue
from tests.fakes.rates import FakeRates
from tests.fakes.requests import FakeRequests
from tests.fakes.slots import FakeSlots
from tests.fakes.uploads import FakeUploads

__all__ = [
    "FakeAdmission",
    "FakeCallbackQueue",
    "FakeCounters",
    "FakeDeliveries",
    "FakeEvents",
    "FakeExecutions",
    "FakeInbox",
    "FakeJobs",
    "FakeKeys",
    "FakeMedia",
    "FakeMultipart",
    "FakeOwnerSlots",
    "FakeProvider",
    "FakeQueue",
    "FakeRates",
    "FakeReader",
    "FakeRequests",
    "FakeSecretNumbers",
    "FakeSlots",
    "FakeSlowReceivers",
    "FakeUploads",
    "Order",
]
