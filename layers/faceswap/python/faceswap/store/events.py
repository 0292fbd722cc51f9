"""The stack's bus, for what is not a change on the table."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError
from pydantic import BaseModel

from faceswap.contract.events import SOURCE

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef


class RefusedEventError(BotoCoreError):
    """The bus did not take an event."""

    fmt = "The bus refused {detail_type}: {code}"


class EventStore:
    """Puts events on the bus."""

    def __init__(self, events: "EventBridgeClient", bus: str) -> None:
        self._events = events
        self._bus = bus

    def put(self, detail_type: str, detail: BaseModel) -> None:
        """Put one event of ours on the bus.

        Raises:
            RefusedEventError: the bus did not take it.
        """
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": detail_type,
            "Detail": detail.model_dump_json(exclude_none=True),
        }
        [answer] = self._events.put_events(Entries=[entry])["Entries"]
        if answer.get("ErrorCode"):
            raise RefusedEventError(detail_type=detail_type, code=answer["ErrorCode"])
