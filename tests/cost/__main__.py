"""`python -m tests.cost FILE`: writes docs/cost.md from what it counts."""

import sys
import tempfile
from pathlib import Path

from local.cost.bill import page
from tests.support.cost.counted import counted
from tests.support.cost.lives import PARAMETERS
from tests.support.recorded import recorded_stack

if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as work,
        recorded_stack(Path(work), **PARAMETERS) as recorded,
    ):
        Path(sys.argv[1]).write_text(page(counted(recorded)))
