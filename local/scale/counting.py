"""Counts what an operation asks of AWS: requests by name, and the table's units of reads and writes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from local.cost.units import item_size, query_units, read_units, refused_write_units

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_REFUSED = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, the units that it took, and whether a condition refused it."""

    name: str
    reads: float = 0
    writes: float = 0
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What an operation took. Its requests come one after the other."""

    calls: Sequence[Call]

    @property
    def requests(self) -> int:
        """How many requests."""
        return len(self.calls)

    @property
    def by_name(self) -> dict[str, int]:
        """How many requests of each kind."""
        return dict(Counter(call.name for call in self.calls))

    @property
    def reads(self) -> float:
        """Read units."""
        return sum(call.reads for call in self.calls)

    @property
    def writes(self) -> float:
        """Write units."""
        return sum(call.writes for call in self.calls)

    @property
    def reading(self) -> int:
        """How many requests read the table."""
        return sum(call.reads > 0 for call in self.calls)

    @property
    def until_written(self) -> "Cost":
        """What came before the first write that was not refused."""
        first = next(
            (n for n, call in enumerate(self.calls) if call.writes and not call.is_refused),
            len(self.calls),
        )
        return Cost(self.calls[:first])


class Counting:
    """Counts the requests of a client while it is entered.

    Units of writes are the emulator's. Those of reads follow from sizes, which the emulator's know nothing of; what an
    answer does not show whole is read again, uncounted.
    """

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.calls: list[Call] = []
        self._dynamodb = dynamodb
        self._asked: dict[str, Any] = {}
        self._is_looking = False

    def __enter__(self) -> Self:
        for event, handler in self._handlers.items():
            self._dynamodb.meta.events.register(event, handler)
        return self

    def __exit__(self, *_: object) -> None:
        for event, handler in self._handlers.items():
            self._dynamodb.meta.events.unregister(event, handler)

    @property
    def _handlers(self) -> dict[str, Callable[..., Any]]:
        return {
            "provide-client-params.dynamodb": self._ask,
            "after-call.dynamodb": self._answered,
        }

    def take(self) -> Cost:
        """What was counted since the last time."""
        cost = Cost(tuple(self.calls))
        self.calls.clear()
        return cost

    def note(self, name: str) -> None:
        """Count a request to something else than the table."""
        self.calls.append(Call(name))

    def _ask(self, params: dict[str, Any], model: Any, **_: object) -> Any:  # noqa: ANN401
        if self._is_looking:
            return None
        self._asked = params
        is_write = model.name in _WRITES
        return params | {"ReturnConsumedCapacity": "TOTAL"} if is_write else None

    def _answered(self, model: Any, parsed: Mapping[str, Any], **_: object) -> None:  # noqa: ANN401
        if self._is_looking:
            return
        if model.name in _WRITES:
            self.calls.append(_written(model.name, parsed))
            return
        self._is_looking = True
        try:
            self.calls.append(Call(model.name, reads=self._read(model.name, parsed)))
        finally:
            self._is_looking = False

    def _read(self, name: str, parsed: Mapping[str, Any]) -> float:
        asked = self._asked
        match name:
            case "GetItem":
                consistent = bool(asked.get("ConsistentRead"))
                return read_units([item_size(parsed.get("Item", {}))], consistent=consistent)
            case "Query":
                items = parsed["Items"] if "Items" in parsed else self._counted_items(asked)
                return query_units(item_size(item) for item in items)
            case "BatchGetItem":
                return sum(self._whole(table, of) for table, of in asked["RequestItems"].items())
            case unknown:
                raise ValueError(f"the units of {unknown} are not counted")

    def _counted_items(self, asked: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """The entries of the index that a query counts."""
        whole = {name: value for name, value in asked.items() if name != "Select"}
        return self._dynamodb.query(**whole)["Items"]

    def _whole(self, table: str, of: Mapping[str, Any]) -> float:
        """Units of a batch of items: a projection saves none, and one that is not there counts as a small one."""
        consistent = bool(of.get("ConsistentRead"))
        answer = self._dynamodb.batch_get_item(RequestItems={table: {"Keys": of["Keys"]}})
        sizes = [item_size(item) for item in answer["Responses"][table]]
        absent = [0] * (len(of["Keys"]) - len(sizes))
        return read_units([*sizes, *absent], consistent=consistent)


def _written(name: str, parsed: Mapping[str, Any]) -> Call:
    error = parsed.get("Error", {}).get("Code")
    if error == _REFUSED:
        return Call(name, writes=refused_write_units(parsed.get("Item", {})), is_refused=True)
    if error:
        raise ValueError(f"{name}: {error}")
    return Call(name, writes=parsed["ConsumedCapacity"]["CapacityUnits"])
