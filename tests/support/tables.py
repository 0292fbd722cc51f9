"""Tables that tests leave for the reader; the run prints them at its end, whichever process made them."""

from collections.abc import Callable

import pytest

TABLE = "table"
"""The property under which a test records its table, as text."""

RecordProperty = Callable[[str, object], None]


def print_tables(reporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded, each under the test's name."""
    reports = [report for each in ("passed", "failed") for report in reporter.getreports(each)]
    for report in reports:
        for name, table in report.user_properties:
            if name == TABLE and report.when == "call":
                reporter.write_sep("-", report.nodeid)
                reporter.write_line(str(table))
