"""A reader of structured fields (RFC 9651), as far as `RateLimit` needs it: lists of strings with parameters."""

import re

_ITEM = re.compile(
    r'"(?P<name>[ !#-\[\]-~]*)"(?P<parameters>(?:;[a-z*][a-z0-9_.*-]*=(?:-?\d{1,15}|"[ !#-\[\]-~]*"))*)'
)
_PARAMETER = re.compile(r';([a-z*][a-z0-9_.*-]*)=(?:(-?\d{1,15})|"([ !#-\[\]-~]*)")')


def parse_list(field: str) -> dict[str, dict[str, int | str]]:
    """The members of a list in order, each with its parameters; raises ValueError for anything else."""
    found: dict[str, dict[str, int | str]] = {}
    rest = field
    while rest:
        item = _ITEM.match(rest)
        if item is None or item["name"] in found:
            raise ValueError(f"no list of strings: {field!r}")
        found[item["name"]] = {
            key: int(number) if number else text
            for key, number, text in _PARAMETER.findall(item["parameters"])
        }
        rest, more = rest[item.end() :], re.match(r"[ \t]*,[ \t]*(?=.)", rest[item.end() :])
        if rest and more is None:
            raise ValueError(f"no list of strings: {field!r}")
        rest = rest[more.end() :] if more else rest
    return found
