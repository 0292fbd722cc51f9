"""What `make test` takes of a whole that is too long for it, and when it takes the whole of `local/`.

A choice hangs on a seed and on what there is to choose from, on nothing else: who names the seed gets the same.
"""

import hashlib
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parents[2]
_SEED = "TEST_SEED"


def commit_seed() -> str:
    """TEST_SEED, or else the commit's name; `none` where neither is there."""
    return os.environ.get(_SEED) or _git(PROJECT, "rev-parse", "--short=12", "HEAD") or "none"


def local_has_changed(project: Path = PROJECT) -> str | None:
    """The last tag, if something below `local/` is not as it was there; None also without any tag."""
    tag = _git(project, "describe", "--tags", "--abbrev=0")
    if not tag:
        return None
    changed = _git(project, "diff", "--name-only", tag, "--", "local")
    new = _git(project, "ls-files", "--others", "--exclude-standard", "--", "local")
    return tag if changed or new else None


def of_each_kind(
    items: Sequence[T], kinds: Callable[[T], Iterable[Hashable]], seed: str | None
) -> list[T]:
    """Some of the items, so that each kind that one of all has is there; all of them without a seed.

    An item may be of several kinds; none is taken whose kinds the others have. Two items are the same draw if they
    read the same.
    """
    if seed is None:
        return list(items)
    met: Counter[Hashable] = Counter()
    taken: dict[int, set[Hashable]] = {}
    for number in sorted(range(len(items)), key=lambda n: _drawn(str(items[n]), seed)):
        found = set(kinds(items[number]))
        if found - met.keys():
            taken[number] = found
            met.update(found)
    for number, found in list(taken.items()):
        if all(met[kind] > 1 for kind in found):
            met.subtract(taken.pop(number))
    return [item for number, item in enumerate(items) if number in taken]


def share_of_each(
    names: Iterable[str], group: Callable[[str], str], parts: int, seed: str
) -> set[str]:
    """Of each group of names one in so many parts, and at least one."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(group(name), []).append(name)
    return {
        name
        for each in groups.values()
        for name in sorted(each, key=lambda name: _drawn(name, seed))[: -(-len(each) // parts)]
    }


def _drawn(name: str, seed: str) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()


def _git(folder: Path, *words: str) -> str:
    """What git prints; nothing where it fails or is not there."""
    try:
        ended = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""
