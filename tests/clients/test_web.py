"""The page's own rules, in Node; tests/browser has it in a browser."""

from tests.support.tools import PROJECT, run


def test_its_words_and_checks() -> None:
    run("vitest", "run", cwd=PROJECT / "web")
