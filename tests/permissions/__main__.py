"""`python -m tests.permissions FILE`: writes docs/permissions.md from what lives of jobs needed."""

import sys
import tempfile
from pathlib import Path

from local.permissions import page
from tests.support.permissions.needed import MANAGED, needed_grants
from tests.support.recorded import recorded_stack

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work, recorded_stack(Path(work)) as recorded:
        Path(sys.argv[1]).write_text(page(needed_grants(recorded), MANAGED))
