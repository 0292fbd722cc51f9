"""The check of citations and links finds what leads nowhere, and nothing else."""

from pathlib import Path

import pytest

from local.documents import ARCHITECTURE, PROVIDER_CONTRACT, check, main

# Put together here: the check reads this file, too.
SECTION = chr(0xA7)
DESIGN_NAME = "architecture"
CONTRACT = f"""# The contract

## 4. Errors

### 4.2 Seen with 200

## 7. Variants
**V1** one
```json
# 9. not a heading
**V9** not a variant
```
**V2** two

## 8. Irregularities
| row | what |
|---|---|
| 1 | one |
| 32 | numbers |

See {SECTION}8.32.
"""
DESIGN = """# Architecture

## The state machine
1. no rule

## Rules
1. first
   more of it
2. second
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with both documents."""
    write(tmp_path, PROVIDER_CONTRACT, CONTRACT)
    write(tmp_path, ARCHITECTURE, DESIGN)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_everything_that_this_project_cites_and_links_is_there() -> None:
    checked = check()

    assert checked.faults == []
    assert checked.citations > 100
    assert checked.links > 40


@pytest.mark.parametrize(
    "cited",
    [
        f"provider contract {SECTION}4.2",
        f"provider contract {SECTION}4, {SECTION}8",
        f"({SECTION}8.32)",
        f"{SECTION}7, V1 to V2",
        f"RFC 9110 {SECTION}99.3",
        "the older V9",
        "architecture, rule 2",
        "see architecture, rules 1 and 2",
        "(architecture, the state machine)",
        "(Architecture, Rules)",
        "the architecture, a drawing and more",
    ],
)
@pytest.mark.parametrize("name", ["layers/a.py", "tests/test_a.py", "template.yaml", "docs/b.md"])
def test_what_is_there_may_be_cited(checkout: Path, name: str, cited: str) -> None:
    write(checkout, name, f"# {cited}\n")

    assert check(checkout).faults == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"provider contract {SECTION}5", f"{SECTION}5"),
        (f"provider contract {SECTION}4.3", f"{SECTION}4.3"),
        (f"({SECTION}8.2)", f"{SECTION}8.2"),
        (f"{SECTION}4, {SECTION}9", f"{SECTION}9"),
        (f"{SECTION}7, V1 to V9", "V9"),
        (f"architecture {SECTION}4", f"architecture, {SECTION}4"),
        ("architecture, rule 3", "architecture, rule 3"),
        ("architecture,\n# rules 1 and\n# 7", "architecture, rule 7"),
        (f"({DESIGN_NAME}, the queue)", "architecture, queue"),
    ],
)
@pytest.mark.parametrize("name", ["layers/a.py", "tests/test_a.py", "docs/b.md"])
def test_a_wrong_citation_is_told_with_its_place(
    checkout: Path, name: str, text: str, missing: str
) -> None:
    write(checkout, name, f"\n# {text}\n")

    assert check(checkout).faults == [f"{name}:2: cites {missing}, which is nowhere"]


def test_what_is_installed_or_made_is_not_read(checkout: Path) -> None:
    for folder in (".venvs/dev", ".cache", "node_modules/a", "out", "a/__pycache__"):
        write(checkout, f"{folder}/a.py", f"# {SECTION}99")

    assert check(checkout).faults == []


@pytest.mark.parametrize(
    "link",
    [
        "[a](architecture.md)",
        "[a](../docs/architecture.md#rules)",
        "[a](/docs/architecture.md)",
        "[a](#a-heading-its-end)",
        "[a](#a-heading-its-end-1)",
        "[a](#made)",
        "[`a`](../docs)",
        "[![a](../picture.png)](architecture.md 'title')",
        "[a](<architecture.md>)",
        "[a]: architecture.md",
        '<img src="../picture.png" alt="">',
        "[a](../a%20b.txt)",
        "[a](../a%20b.txt#L1-L2)",
        "[a](https://example.com/nowhere#at-all) [a](mailto:somebody@example.com)",
        "`[a](nowhere.md)` and ``[a](nowhere.md)``",
        "```\n[a](nowhere.md)\n```",
    ],
)
def test_a_link_that_leads_somewhere_is_fine(checkout: Path, link: str) -> None:
    write(checkout, "picture.png", "")
    write(checkout, "a b.txt", "one\ntwo\n")
    headings = "## A `heading`: [its end](architecture.md)!\n" * 2 + '<a id="made"></a>\n'
    write(checkout, "docs/a.md", f"{headings}\n{link}\n")

    assert check(checkout).faults == []


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("[a](nowhere.md)", "leads to no file of the repository"),
        ("[a](Architecture.md)", "leads to no file of the repository"),
        ("[a](/architecture.md)", "leads to no file of the repository"),
        ("[![a](nowhere.png)](architecture.md)", "leads to no file of the repository"),
        ("[a]: nowhere.md", "leads to no file of the repository"),
        ('<a href="nowhere.md">a</a>', "leads to no file of the repository"),
        ("[a](../out/made.txt)", "leads to no file of the repository"),
        ("[a](../../elsewhere)", "leads out of the repository"),
        ("[a](#nowhere)", "names a heading that is not there"),
        ("[a](architecture.md#queue)", "names a heading that is not there"),
        ("[a](#A-heading)", "names a heading that is not there"),
        ("[a](../lines.txt#L3)", "names a line that is not there"),
        ("[a](../lines.txt#heading)", "names a place that is not there"),
    ],
)
def test_a_broken_link_is_told_with_its_place(checkout: Path, link: str, fault: str) -> None:
    write(checkout, "lines.txt", "one\ntwo\n")
    write(checkout, "out/made.txt", "")
    write(checkout, "docs/a.md", f"# A heading\n\n{link}\n")

    (told,) = check(checkout).faults

    assert told.startswith("docs/a.md:3: the link ")
    assert told.endswith(fault)


def test_the_command_fails_and_says_where(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(checkout, "README.md", "[a](nowhere.md)\n")
    monkeypatch.setattr("local.documents.check", lambda: check(checkout))

    assert main() == 1
    assert "README.md:1: the link nowhere.md leads to no file" in capsys.readouterr().err
