"""Kinds of faults that cosmic-ray does not have: in texts, in members of a collection, in calls.

Each takes a node of parso's tree and gives places of the source with what stands there instead. Runs in the
environment of cosmic-ray.
"""

from collections.abc import Callable, Iterator
from typing import Any

Node = Any
Place = tuple[tuple[int, int], tuple[int, int], str]
"""From, to (line from 1, column from 0), and the new text."""

# Words for people beside what programs read: `detail="…"`.
_FOR_PEOPLE = {"description", "detail", "text", "title", "examples"}


def change_text(node: Node) -> Iterator[Place]:
    """Another text. Not of documentation and sentences: a change of their words breaks nothing."""
    if node.type != "string" or _is_documentation(node) or _is_for_people(node):
        return
    quote = min(at for at in (node.value.find("'"), node.value.find('"')) if at >= 0)
    opening = 3 if node.value[quote : quote + 3] in {'"""', "'''"} else 1
    line, column = node.start_pos
    place = (line, column + quote + opening)
    yield place, place, "XX"


def drop_member(node: Node) -> Iterator[Place]:
    """A collection that is written out lacks one of its members."""
    if node.type != "atom" or node.children[0].value not in {"(", "[", "{"}:
        return
    if len(node.children) != 3 or node.parent.type == "except_clause":
        return
    inner = node.children[1]
    if inner.type in {"testlist_comp", "dictorsetmaker"}:
        if any(child.type in {"comp_for", "sync_comp_for"} for child in inner.children):
            return
        groups = _separated(inner.children)
    elif node.children[0].value == "(":
        return
    else:
        groups = [[inner]]
    if len(groups) == 1:
        is_set = node.children[0].value == "{" and not _has(groups[0], ":")
        empty = "set()" if is_set else node.children[0].value + node.children[2].value
        yield node.start_pos, node.end_pos, empty
        return
    for group in groups:
        yield group[0].start_pos, _behind(group[-1]), ""


def add_to_table(node: Node) -> Iterator[Place]:
    """A table from names to sets of such names has one entry more in one of the sets."""
    if node.type != "dictorsetmaker" or not _has(node.children, ":"):
        return
    keys = [child.get_code(include_prefix=False) for child in node.children[::4]]
    for value in node.children[2::4]:
        text = value.get_code(include_prefix=False)
        if not text.startswith("frozenset("):
            continue
        for key in keys:
            if key not in text:
                yield value.start_pos, value.end_pos, f"({text} | {{{key}}})"


def drop_statement(node: Node) -> Iterator[Place]:
    """A call, a raise, an assignment to a part of something, or an early return is left out."""
    if node.type != "simple_stmt" or _is_in(node, "__init__"):
        return
    said = node.children[0]
    is_call = said.type in {"atom_expr", "power"} and said.children[-1].children[0] == "("
    if is_call or said.type == "raise_stmt" or said == "return" or _assigns_part(said):
        yield said.start_pos, said.end_pos, "pass"


def drop_argument(node: Node) -> Iterator[Place]:
    """A call lacks an argument that has a name."""
    if node.type != "argument" or node.children[1] != "=" or _is_field_text(node):
        return
    yield node.start_pos, _behind(node), ""


def swap_membership(node: Node) -> Iterator[Place]:
    """`in` is `not in`, and the other way."""
    if node.type != "comparison":
        return
    for operator in node.children[1::2]:
        words = operator.get_code(include_prefix=False)
        if words in {"in", "not in"}:
            yield operator.start_pos, operator.end_pos, "in" if words == "not in" else "not in"


OPERATORS: tuple[Callable[[Node], Iterator[Place]], ...] = (
    change_text,
    drop_member,
    add_to_table,
    drop_statement,
    drop_argument,
    swap_membership,
)


def _is_documentation(node: Node) -> bool:
    return node.parent.type in {"simple_stmt", "file_input", "suite"}


def _is_for_people(node: Node) -> bool:
    is_sentence = " " in node.value.strip("\"'rbf") or node.parent.type == "strings"
    return is_sentence or _is_field_text(node.parent)


def _is_field_text(node: Node) -> bool:
    return bool(node.type == "argument" and node.children[0].get_code().strip() in _FOR_PEOPLE)


def _separated(children: list[Node]) -> list[list[Node]]:
    groups: list[list[Node]] = [[]]
    for child in children:
        if child == ",":
            groups.append([])
        else:
            groups[-1].append(child)
    return [group for group in groups if group]


def _behind(node: Node) -> tuple[int, int]:
    """Where it ends, with the comma that may follow."""
    following = node.get_next_sibling()
    end = following.end_pos if following is not None and following == "," else node.end_pos
    return int(end[0]), int(end[1])


def _has(nodes: list[Node], sign: str) -> bool:
    return any(child == sign for child in nodes)


def _assigns_part(said: Node) -> bool:
    if said.type != "expr_stmt":
        return False
    target, sign = said.children[0], said.children[1]
    return sign.type == "operator" and (sign.value != "=" or target.type in {"atom_expr", "power"})


def _is_in(node: Node, function: str) -> bool:
    while node is not None:
        if node.type == "funcdef":
            return bool(node.name.value == function)
        node = node.parent
    return False
