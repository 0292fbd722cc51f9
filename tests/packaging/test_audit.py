"""What the audit makes of the tools' answers."""

import pytest

from local.audit import verdict


@pytest.mark.parametrize(
    ("code", "output", "meaning"),
    [
        (0, "No known vulnerabilities found", "clean"),
        (1, "Found 2 known vulnerabilities in 1 package", "WEAK"),
        (1, "ansi-regex  3.0.0\nSeverity: high", "WEAK"),
        (1, "ERROR: Dependency not found on PyPI and could not be audited", "NOT RUN"),
        (1, "npm error audit endpoint returned an error", "NOT RUN"),
    ],
)
def test_silence_is_no_good_answer(code: int, output: str, meaning: str) -> None:
    assert verdict(code, output) == meaning
