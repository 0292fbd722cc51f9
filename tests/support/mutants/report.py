"""What became of the mutants, as a table and as JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tests.support.mutants.mutant import Mutant, Name

Fate = Literal["caught", "survived", "equal"]


class Ended(NamedTuple):
    """A mutant and its fate: caught by a test, survived them all, or judged equal in effect."""

    mutant: Mutant
    fate: Fate


def shares(ended: Sequence[Ended]) -> dict[str, float]:
    """By package, the share of caught mutants among those that are not judged equal."""
    return {
        package: counted["caught"] / max(1, counted["caught"] + counted["survived"])
        for package, counted in _counted(ended).items()
    }


def table(ended: Sequence[Ended]) -> str:
    """Markdown, a row a package."""
    rows = ["| package | mutants | caught | survived | judged equal | caught of the rest |"]
    rows.append("|---|---|---|---|---|---|")
    share = shares(ended)
    for package, counted in _counted(ended).items():
        fates = [counted[fate] for fate in ("caught", "survived", "equal")]
        cells = [f"`{package}`", counted.total(), *fates, f"{share[package]:.1%}"]
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def shown(mutant: Mutant) -> str:
    """A mutant as the list of judged ones writes it."""
    head = f"{mutant.module} {mutant.function}".strip()
    return f"{head}\n- {mutant.before}\n+ {mutant.after}\n"


def write(ended: Sequence[Ended], seconds: float, path: Path) -> None:
    """All of it but the sources of the mutants."""
    told: Mapping[str, object] = {
        "seconds": round(seconds),
        "packages": _counted(ended),
        "mutants": [{"fate": fate, **mutant._asdict(), "source": None} for mutant, fate in ended],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_caught(path: Path) -> set[Name]:
    """The names of the mutants that were caught by the time such a file was written."""
    told = json.loads(path.read_text(encoding="utf-8"))["mutants"]
    return {
        (each["module"], each["function"], each["before"], each["after"])
        for each in told
        if each["fate"] == "caught"
    }


def _counted(ended: Sequence[Ended]) -> dict[str, Counter[Fate]]:
    counted: dict[str, Counter[Fate]] = {}
    for mutant, fate in ended:
        counted.setdefault(mutant.module.partition("/")[0], Counter())[fate] += 1
    return counted
