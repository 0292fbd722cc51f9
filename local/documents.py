"""Proves that what is cited exists: sections of the provider contract, parts of the architecture, links in Markdown.

`python -m local.documents` reads the whole checkout, prints a line for each citation or link that leads nowhere, and
fails if there is one. It knows these citations, in code, tests and documents:

- a section sign with a number: a section of the provider contract, or a row of a table in one (section 8, row 32).
  The number of another document has its name in front of it, as in "RFC 9110";
- "V5", in a file that cites section 7: a variant of a message;
- "architecture, rule 7", "architecture, rules 2 and 3", and in parentheses "(architecture, the state machine)".
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

ROOT = Path(__file__).parents[1]
ARCHITECTURE = "docs/architecture.md"
PROVIDER_CONTRACT = "docs/provider-contract.md"
_NOT_OURS = {"node_modules", "out", "__pycache__"}
_HIDDEN_OURS = {".ci", ".github"}
_TYPES = {".md", ".py", ".sh", ".toml", ".json", ".yaml", ".yml", ".editorconfig"}
_NAMES = {"Makefile", "run"}

_SECTION = re.compile(r"(?:\b(?P<other>RFC\s\d+|[Aa]rchitecture)[,\s]+)?§(?P<number>\d+(?:\.\d+)*)")
_OF_VARIANTS = "§7"
_VARIANTS = re.compile(r"\bV\d{1,2}\b")
_RULES = re.compile(
    r"\barchitecture,[\s#]+rules?[\s#]+(?P<numbers>\d+(?:(?:,|[\s#]+and|[\s#]+to)[\s#]+\d+)*)",
    re.IGNORECASE,
)
_PART = re.compile(r"\(architecture,\s+(?!rules?\b)(?P<part>[^)]+)\)", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$")
_NUMBERED_HEADING = re.compile(r"^(?P<number>\d+(?:\.\d+)*)\.?\s")
_NUMBERED_ROW = re.compile(r"^\|\s*(?P<number>\d+)\s*\|")
_NUMBERED_ITEM = re.compile(r"^(?P<number>\d+)\.\s")
_VARIANT = re.compile(r"^\*\*(?P<name>V\d+)\*\*")
_FENCE = re.compile(r"^\s*(?P<mark>```+|~~~+)")
_INLINE_CODE = re.compile(r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)")
_LINKS = (
    re.compile(r"\]\(\s*<?(?P<target>[^)\s>]+)>?(?:\s+[\"'][^)]*)?\)"),
    re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?(?P<target>[^\s>]+)"),
    re.compile(r"<(?:a|img)\s[^>]*?(?:href|src)=\"(?P<target>[^\"]+)\""),
)
_MADE_ANCHOR = re.compile(r"<a\s[^>]*?(?:id|name)=\"(?P<name>[^\"]+)\"")
_ELSEWHERE = re.compile(r"^([a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_LINE_ANCHOR = re.compile(r"^L(?P<first>\d+)(?:-L(?P<last>\d+))?$")


class Checked(NamedTuple):
    """How much was looked up, and a line for each that leads nowhere."""

    citations: int
    links: int
    faults: list[str]


class _Line(NamedTuple):
    number: int
    text: str


def check(root: Path = ROOT) -> Checked:
    """Look up every citation and link of the checkout at `root`."""
    sections = _sections_of_the_contract(root / PROVIDER_CONTRACT)
    rules, parts = _parts_of_the_architecture(root / ARCHITECTURE)
    citations, links = 0, 0
    faults: list[str] = []
    for path in _files(root):
        text = path.read_text()
        name = path.relative_to(root).as_posix()
        for line, cited in _citations(text):
            citations += 1
            if cited not in sections | rules | parts:
                faults.append(f"{name}:{line}: cites {cited}, which is nowhere")
        if path.suffix != ".md":
            continue
        for line, target in _links(text):
            links += 1
            fault = _fault_of_link(root, path, target)
            if fault:
                faults.append(f"{name}:{line}: the link {target} {fault}")
    return Checked(citations, links, faults)


def _files(root: Path) -> Iterator[Path]:
    """Texts of the project; what is installed, made or kept by tools is left out."""
    for path in sorted(root.iterdir()):
        hidden = path.name.startswith(".") and path.name not in _HIDDEN_OURS
        if path.is_dir() and not path.is_symlink() and not hidden and path.name not in _NOT_OURS:
            yield from _files(path)
        elif path.is_file() and (path.suffix in _TYPES or path.name in _NAMES):
            yield path


def _citations(text: str) -> Iterator[tuple[int, str]]:
    """Each citation with its line, named as `_sections_of_the_contract` and the like name what there is."""
    for found in _SECTION.finditer(text):
        other = found["other"] or ""
        if other.startswith("RFC"):
            continue
        line = text.count("\n", 0, found.start()) + 1
        yield line, f"{'architecture, ' if other else ''}§{found['number']}"
    for found in _VARIANTS.finditer(text) if _OF_VARIANTS in text else ():
        yield text.count("\n", 0, found.start()) + 1, found[0]
    for found in _RULES.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        for number in re.findall(r"\d+", found["numbers"]):
            yield line, f"architecture, rule {number}"
    for found in _PART.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield line, f"architecture, {_plain(found['part'])}"


def _sections_of_the_contract(path: Path) -> set[str]:
    """Its sections, the rows of their tables (`§8.32`) and the variants of messages (`V5`)."""
    found: set[str] = set()
    section = ""
    for line in _lines_of_prose(path.read_text()):
        heading = _HEADING.match(line.text)
        if heading:
            number = _NUMBERED_HEADING.match(heading["text"])
            section = number["number"] if number else ""
            found |= {f"§{section}"} if number else set()
        elif section and (row := _NUMBERED_ROW.match(line.text)):
            found.add(f"§{section}.{row['number']}")
        elif variant := _VARIANT.match(line.text):
            found.add(variant["name"])
    return found


def _parts_of_the_architecture(path: Path) -> tuple[set[str], set[str]]:
    """Its numbered rules, and its headings."""
    rules: set[str] = set()
    parts: set[str] = set()
    in_rules = False
    for line in _lines_of_prose(path.read_text()):
        heading = _HEADING.match(line.text)
        if heading:
            parts.add(f"architecture, {_plain(heading['text'])}")
            in_rules = _plain(heading["text"]).startswith("rules")
        elif in_rules and (item := _NUMBERED_ITEM.match(line.text)):
            rules.add(f"architecture, rule {item['number']}")
    return rules, parts


def _plain(text: str) -> str:
    """A heading as it may be cited: small letters, no article, one blank between words."""
    return " ".join(text.lower().split()).removeprefix("the ")


def _lines_of_prose(text: str) -> Iterator[_Line]:
    """The lines of a Markdown text that are not within a fenced block."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark["mark"]
        elif mark and mark["mark"].startswith(fence):
            fence = ""
        elif not fence:
            yield _Line(number, line)


def _links(text: str) -> Iterator[tuple[int, str]]:
    """Each link within the repository: its line and target."""
    for line in _lines_of_prose(text):
        prose = _INLINE_CODE.sub("`", line.text)
        for pattern in _LINKS:
            for found in pattern.finditer(prose):
                if not _ELSEWHERE.match(found["target"]):
                    yield line.number, found["target"]


def _fault_of_link(root: Path, source: Path, target: str) -> str | None:
    """What is wrong with a link, None if it leads somewhere."""
    place, _, anchor = unquote(target).partition("#")
    start = root if place.startswith("/") else source.parent
    path = (start / place.lstrip("/")).resolve() if place else source
    if not path.is_relative_to(root.resolve()):
        return "leads out of the repository"
    top = path.relative_to(root.resolve()).parts[:1]
    if not path.exists() or _NOT_OURS.intersection(top):
        return "leads to no file of the repository"
    if not anchor:
        return None
    if path.is_file() and path.suffix == ".md":
        return None if anchor in _anchors(path) else "names a heading that is not there"
    lines = _LINE_ANCHOR.match(anchor)
    if not lines or not path.is_file():
        return "names a place that is not there"
    last = int(lines["last"] or lines["first"])
    return None if last <= len(path.read_text().splitlines()) else "names a line that is not there"


@cache
def _anchors(path: Path) -> frozenset[str]:
    """What may stand behind the `#` of a link to a Markdown file, as GitHub makes it of its headings."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for line in _lines_of_prose(path.read_text()):
        found.update(made["name"] for made in _MADE_ANCHOR.finditer(line.text))
        heading = _HEADING.match(line.text)
        if heading:
            slug = _slug(heading["text"])
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return frozenset(found)


def _slug(heading: str) -> str:
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def main() -> int:
    """0 if everything that is cited or linked is there."""
    checked = check()
    for fault in checked.faults:
        print(fault, file=sys.stderr)
    if not checked.faults:
        print(f"{checked.citations} citations and {checked.links} links lead somewhere")
    return 1 if checked.faults else 0


if __name__ == "__main__":
    sys.exit(main())
