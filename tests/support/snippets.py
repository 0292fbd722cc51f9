"""The code blocks of a document, which are run as they stand there."""

import re
from pathlib import Path

_BLOCK = re.compile(
    r"^```(?P<language>[a-z]+) (?P<name>[a-z.-]+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE
)


def snippets(document: Path, language: str) -> dict[str, str]:
    """Each named block of this language, by the name that stands behind it."""
    found = _BLOCK.finditer(document.read_text())
    return {each["name"]: each["code"] for each in found if each["language"] == language}


def unnamed(document: Path) -> int:
    """How many blocks of code have no name, and so are not run."""
    fences = re.findall(r"^```(.*)$", document.read_text(), re.MULTILINE)
    return sum(1 for language in fences[::2] if " " not in language)
