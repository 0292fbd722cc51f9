"""`python -m tests.support.imports`: says which file below `tests` imports from another place than it may.

Helpers live in `tests/support` and `tests/fakes`; nobody imports a test module, a conftest or a folder of tests.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
SHARED = {"support", "fakes"}


def faults(tests: Path = TESTS) -> list[str]:
    """A line for each import that is not allowed."""
    return [
        f"{path.relative_to(tests.parent)}:{line}: imports {module}; move it to tests/support"
        for path in sorted(tests.rglob("*.py"))
        for line, module in _imported(path, tests)
        if not _is_allowed(module, tests)
    ]


def _imported(path: Path, tests: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of each module, and of what is taken out of it."""
    package = [tests.name, *path.relative_to(tests).parent.parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{each.name}") for each in node.names)


def _is_allowed(module: str, tests: Path) -> bool:
    top, *below = module.split(".")
    return top != tests.name or bool(below and below[0] in SHARED)


def main() -> int:
    """Print them; 1 if there is one."""
    found = faults()
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
