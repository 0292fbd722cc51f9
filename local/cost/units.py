"""How DynamoDB counts: sizes of items, units of reads and writes, entries of keys-only indexes."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""An item in DynamoDB's own notation."""

_WRITE_BYTES, _READ_BYTES = 1024, 4096
_NESTING_BYTES = 3
INDEXES = {
    "due_jobs": ("open", "due_at", "pk"),
    "owner_jobs": ("listed", "created_at", "pk"),
    "queued_jobs": ("queue", "queue_tag", "pk"),
}
"""The table's indexes, each with all that it keeps, its key first."""


def item_size(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: names and values in UTF-8, numbers by their digits."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def read_units(sizes: Iterable[int], *, consistent: bool) -> float:
    """Units of reading items one by one; one that is not there counts as a small one."""
    units = sum(max(1, math.ceil(size / _READ_BYTES)) for size in sizes)
    return units if consistent else units / 2


def query_units(sizes: Iterable[int]) -> float:
    """Units of an eventually consistent query, which counts its items together."""
    return max(1, math.ceil(sum(sizes) / _READ_BYTES)) / 2


def write_units(old: Item, new: Item) -> int:
    """Units of one write that makes `new` of `old` (empty: none), in the table and its indexes."""
    size = max(item_size(old), item_size(new))
    return _whole(size) + sum(_index_units(names, old, new) for names in INDEXES.values())


def refused_write_units(item: Item) -> int:
    """Units of a conditional write that this item (empty: none) refused."""
    return _whole(item_size(item))


def _index_units(names: tuple[str, ...], old: Item, new: Item) -> int:
    before, after = _entry(names, old), _entry(names, new)
    if before == after:
        return 0
    return sum(_whole(item_size(entry)) for entry in (before, after) if entry)


def _entry(names: tuple[str, ...], item: Item) -> Item:
    """What an index keeps of an item; nothing without the index's key."""
    return {name: item[name] for name in names} if names[0] in item else {}


def _whole(size: int) -> int:
    return max(1, math.ceil(size / _WRITE_BYTES))


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content.lstrip("-").replace(".", "")) // 2 + 1
        case "M":
            return _NESTING_BYTES + item_size(content) + len(content)
        case "L":
            return _NESTING_BYTES + sum(_size(each) + 1 for each in content)
        case "SS":
            return sum(len(each.encode()) for each in content)
        case "BOOL" | "NULL":
            return 1
        case _:
            raise ValueError(f"values of kind {kind} are not counted")
