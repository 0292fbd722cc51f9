"""The bus in memory."""

from pydantic import BaseModel

from tests.fakes.calls import Before, at_once


class FakeEvents:
    """What was put on the bus."""

    def __init__(self, before: Before = at_once) -> None:
        self.put_events: list[tuple[str, BaseModel]] = []
        self._before = before

    def put(self, detail_type: str, detail: BaseModel) -> None:
        self._before("put")
        self.put_events.append((detail_type, detail))
