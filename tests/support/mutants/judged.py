"""The list of mutants that change nothing which anybody could notice, each with the reason.

A plain text: blocks between empty lines, each of one module and function, its mutants as pairs of lines, and why.
A line that begins with # is a remark.

    rules/schedule.py next_poll
    - the line as it is
    + the line of the mutant
    why: …
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.support.mutants.mutant import Name


def read(path: Path) -> dict[Name, str]:
    """The reason by mutant. Raises ValueError for a block that is not as told above."""
    blocks: list[list[str]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            blocks.append([])
        elif not line.startswith("#"):
            blocks[-1].append(line.strip())
    return {name: why for block in blocks if block for name, why in _mutants(block)}


def stale(judged: Mapping[Name, str], made: set[Name], modules: set[str]) -> list[str]:
    """A line for each judged mutant of these modules that is not made any more."""
    return [
        f"{name[0]} {name[1]}: + {name[3]}"
        for name in judged
        if name[0] in modules and name not in made
    ]


def _mutants(block: list[str]) -> Iterator[tuple[Name, str]]:
    module, _, function = block[0].partition(" ")
    pairs, why = block[1:-1], block[-1].removeprefix("why: ")
    befores, afters = pairs[::2], pairs[1::2]
    is_right = pairs and len(befores) == len(afters) and why and why != block[-1]
    if (
        not is_right
        or any(line[0] != "-" for line in befores)
        or any(line[0] != "+" for line in afters)
    ):
        raise ValueError(f"not as a judged mutant is written: {block}")
    for before, after in zip(befores, afters, strict=True):
        yield (module, function, before[1:].strip(), after[1:].strip()), why
