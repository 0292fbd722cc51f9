"""The counters of owners and of the budget beside what is true, by the table's items alone.

Of a stack where each job has counted from its beginning, under every limit and with a price.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tests.support.world import FINAL

Item = Mapping[str, Any]
Counters = dict[tuple[str, str], Decimal]
"""Numbers by the item on which they stand, and their name there; none is nothing."""

_COUNTED = ("usage#", "open_jobs#", "budget#")
_KEYS = {"pk", "ttl"}


def kept(items: Iterable[Item]) -> Counters:
    """What is counted."""
    return _without_nothing(
        {
            (item["pk"]["S"], name): Decimal(value["N"])
            for item in items
            if item["pk"]["S"].startswith(_COUNTED)
            for name, value in item.items()
            if name not in _KEYS
        }
    )


def true(items: Iterable[Item]) -> Counters:
    """What there is to count.

    A job counts in the day when it was made unless it is over and was never sent, among the open ones until it is
    over, and its price on the day that stands on it. An upload counts in the day when it was reserved.
    """
    found: Counters = defaultdict(Decimal)
    for item in items:
        pk = item["pk"]["S"]
        if pk.startswith("job#"):
            _add_job(found, item)
        elif pk.startswith("upload#"):
            day = f"usage#{item['owner']['S']}#{item['created_at']['S'][:10]}"
            found[day, "uploads"] += 1
            found[day, "upload_bytes"] += Decimal(item["size"]["N"])
        elif pk.startswith("budget#"):
            found[pk, "raised"] += Decimal(item.get("raised", {"N": 0})["N"])
            found[pk, "counted"] -= found[pk, "raised"]
    return _without_nothing(found)


def differences(items: Iterable[Item]) -> list[str]:
    """Each counter that does not say what is true."""
    every = list(items)
    said, is_so = kept(every), true(every)
    return [
        f"{pk} {name}: {said.get((pk, name), 0)}, and is {is_so.get((pk, name), 0)}"
        for pk, name in sorted(said.keys() | is_so.keys())
        if said.get((pk, name)) != is_so.get((pk, name))
    ]


def _add_job(found: Counters, item: Item) -> None:
    owner, is_over = item["owner"]["S"], item["status"]["S"] in FINAL
    if not is_over or "submitted_at" in item:
        found[f"usage#{owner}#{item['created_at']['S'][:10]}", "jobs"] += 1
    if not is_over:
        found[f"open_jobs#{owner}", "open_jobs"] += 1
    if "spent_on" in item:
        day, price = item["spent_on"]["S"], Decimal(*item["price"].values())
        currency = item["currency"]["S"]
        found[f"usage#{owner}#{day}", f"spent_{currency}"] += price
        for name in ("reserved", "counted"):
            found[f"budget#{day}#{currency}", name] += price


def _without_nothing(counters: Mapping[tuple[str, str], Decimal]) -> Counters:
    return {where: number for where, number in counters.items() if number}
