"""What a swap of the tests left."""

from pathlib import Path
from typing import NamedTuple

from local.provider.engine.report import Progress, Report


class Swapped(NamedTuple):
    """A swap of cho's face onto ana in a clip with ana and ben."""

    before: Path
    after: Path
    report: Report
    progress: list[Progress]
