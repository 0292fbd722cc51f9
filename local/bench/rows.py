"""A measured row, and how rows are shown and kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure. Without a wanted relation it only informs."""

    group: str
    name: str
    unit: str
    value: float
    reference: float | None = None
    against: str = ""
    """What the reference is."""
    wanted: Literal["at least", "at most", ""] = ""

    @property
    def holds(self) -> bool:
        """Whether value and reference stand as wanted."""
        if self.reference is None or not self.wanted:
            return True
        if self.wanted == "at least":
            return self.value >= self.reference
        return self.value <= self.reference


def keep(rows: Sequence[Row], path: Path) -> None:
    """Write all rows as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [asdict(row) | {"holds": row.holds} for row in rows]
    path.write_text(json.dumps({"rows": told}, indent=1) + "\n")


def show(rows: Sequence[Row]) -> None:
    """Print a table for each group."""
    console = Console(width=120)
    for group in dict.fromkeys(row.group for row in rows):
        table = Table("", "value", "reference", "unit", "against", "", title=group)
        for row in rows:
            if row.group == group:
                reference = "" if row.reference is None else f"{row.reference:.3g}"
                verdict = "" if not row.wanted else "holds" if row.holds else "BROKEN"
                table.add_row(
                    row.name, f"{row.value:.3g}", reference, row.unit, row.against, verdict
                )
        console.print(table)
