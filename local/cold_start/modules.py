"""The list of what each kind of event loads until its first answer: one line each, in sections."""

import sys
from collections.abc import Iterable, Mapping

ALWAYS = "every event"
_OURSELVES = {"__main__", "__mp_main__"}


def counted(modules: Iterable[str]) -> frozenset[str]:
    """What the list tells of modules: packages' and our own by full name, the standard library's by its first."""
    names = set()
    for module in modules:
        first = module.partition(".")[0]
        is_standard = first in sys.stdlib_module_names
        if is_standard and not first.startswith("_"):
            names.add(first)
        if not is_standard and first not in _OURSELVES:
            names.add(module)
    return frozenset(names)


def packages_only(names: Iterable[str]) -> frozenset[str]:
    """Without the standard library, whose inner imports differ from one version of Python to the next."""
    return frozenset(name for name in names if name not in sys.stdlib_module_names)


def to_text(by_kind: Mapping[str, frozenset[str]]) -> str:
    """The list of all kinds."""
    always = frozenset.intersection(*by_kind.values())
    sections = {ALWAYS: always} | {kind: names - always for kind, names in by_kind.items()}
    return "\n".join(
        "\n".join([f"[{kind}]", *sorted(names), ""]) for kind, names in sections.items()
    )


def from_text(text: str) -> dict[str, frozenset[str]]:
    """What `to_text` wrote."""
    sections: dict[str, set[str]] = {}
    names: set[str] = set()
    for line in text.splitlines():
        if line.startswith("["):
            names = sections.setdefault(line[1:-1], set())
        elif line:
            names.add(line)
    always = sections.pop(ALWAYS)
    return {kind: frozenset(always | names) for kind, names in sections.items()}
