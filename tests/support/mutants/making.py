"""`python -m tests.support.mutants.making PACKAGE MODULE…`: a line of JSON for each mutant of the modules.

cosmic-ray's operators, without those that take names at random and with two replacements for each comparison, and
those of `operators`. Runs in the environment of cosmic-ray.
"""

import ast
import copy
import json
import sys
import warnings
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.plugins import get_operator

from tests.support.mutants.mutant import Mutant
from tests.support.mutants.operators import OPERATORS, Place

_COMPARISONS = {
    "Eq": ("NotEq",),
    "NotEq": ("Eq",),
    "Lt": ("LtE", "GtE"),
    "LtE": ("Lt", "Gt"),
    "Gt": ("GtE", "LtE"),
    "GtE": ("Gt", "Lt"),
    "Is": ("IsNot",),
    "IsNot": ("Is",),
}
_BINARY = {"Add": "Sub", "Sub": "Add", "Mul": "Div", "Div": "Mul", "FloorDiv": "Mul", "Mod": "Mul"}
_BITS = {"BitOr": "BitAnd", "BitAnd": "BitOr", "LShift": "RShift", "RShift": "LShift"}
_OF_COSMIC_RAY = (
    *(f"ReplaceComparisonOperator_{old}_{new}" for old, to in _COMPARISONS.items() for new in to),
    *(f"ReplaceBinaryOperator_{old}_{new}" for old, new in (_BINARY | _BITS).items()),
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_USub_UAdd",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ExceptionReplacer",
    "NumberReplacer",
    "RemoveDecorator",
    "ZeroIterationForLoop",
)


def mutants(package: Path, module: str) -> Iterator[Mutant]:
    """Every mutant of a module that is a program, and another one than before."""
    source = (package / module).read_text(encoding="utf-8")
    tree = parso.parse(source)
    seen = {ast.dump(ast.parse(source))}
    for node in ast_nodes(tree):
        if _is_for_the_type_checker(node, module):
            continue
        for operator, place in _places(node):
            changed = _with(source, place)
            program = _program(changed)
            if program is None or program in seen:
                continue
            seen.add(program)
            yield _mutant(module, tree, source, changed, operator)


def _places(node: Any) -> Iterator[tuple[str, Place]]:
    for name in _OF_COSMIC_RAY:
        operator = get_operator(f"core/{name}")()
        for index, _ in enumerate(operator.mutation_positions(node)):
            # A copy of this node alone; above it all stays as it is.
            mutable = copy.deepcopy(node, {id(node.parent): node.parent})
            after = operator.mutate(mutable, index)
            text = "" if after is None else after.get_code()
            yield name, (node.get_start_pos_of_prefix(), node.end_pos, text)
    for ours in OPERATORS:
        for place in ours(node):
            yield ours.__name__, place


def _is_for_the_type_checker(node: Any, module: str) -> bool:
    """What stands in an annotation, an alias of a type or the kinds of a function's parameters: mypy holds it.

    Not in `contract`, where the texts that a field may have are what a request is checked by.
    """
    if node.type == "string" and module.startswith("contract/"):
        return False
    if node.type == "operator" and node.parent.type == "parameters":
        return True  # the star before arguments that have to be named
    while node.parent is not None:
        above = node.parent
        position = {"annassign": 1, "tfpdef": 2}.get(above.type)
        is_annotation = (position is not None and above.children[position] is node) or (
            above.type == "funcdef" and above.annotation is node
        )
        # Whether a dataclass is frozen is held by mypy, too; its slots save memory.
        is_dataclass = above.type == "decorator" and above.get_code().strip().startswith(
            "@dataclass("
        )
        is_subscript = above.type == "trailer" and above.children[0] == "["
        if (
            is_annotation
            or is_dataclass
            or (is_subscript and _named(above) in {"Literal", "Annotated", "dict"})
        ):
            return True
        node = above
    return False


def _named(trailer: Any) -> str:
    name = trailer.get_previous_sibling()
    return name.value if name is not None and name.type == "name" else ""


def _with(source: str, place: Place) -> str:
    start, end, text = place
    return source[: _offset(source, start)] + text + source[_offset(source, end) :]


def _offset(source: str, position: tuple[int, int]) -> int:
    line, column = position
    return sum(map(len, source.splitlines(keepends=True)[: line - 1])) + column


def _program(source: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return None
    return ast.dump(ast.parse(source))


def _mutant(module: str, tree: Any, source: str, changed: str, operator: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    differing = [
        code
        for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if code[0] != "equal"
    ]
    _, first, _, new_first, _ = differing[0]
    _, _, last, _, new_last = differing[-1]
    line = max(last, first + 1)
    return Mutant(
        module=module,
        # A decorator stands above the function that it belongs to.
        function=_function(tree, line + 1 if operator == "RemoveDecorator" else line),
        before=_joined(old[first:last]),
        after=_joined(new[new_first:new_last]),
        lines=(first + 1, line),
        operator=operator,
        source=changed,
    )


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def _function(tree: Any, line: int) -> str:
    around = (
        node
        for node in ast_nodes(tree)
        if node.type in {"funcdef", "classdef"} and node.start_pos[0] <= line <= node.end_pos[0]
    )
    return ".".join(node.name.value for node in around)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        for mutant in mutants(Path(sys.argv[1]), each):
            sys.stdout.write(json.dumps(mutant) + "\n")
