"""`python -m tests.cost FILE`: writes docs/cost.md from what it counts."""

import sys
import tempfile
from pathlib import Path

from local.cost.bill import page
from tests.support.cost.counted import all_lives

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        Path(sys.argv[1]).write_text(page(all_lives(Path(work))))
