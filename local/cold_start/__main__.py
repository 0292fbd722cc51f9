"""`python -m local.cold_start FILE`: writes the list of modules that first answers load."""

import sys
import tempfile
from pathlib import Path

from local.cold_start.event_kinds import one_of_each
from local.cold_start.modules import counted, to_text
from local.cold_start.stack import prepared

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work, prepared(Path(work)) as functions:
        found = {kind: counted(first.modules) for kind, first in one_of_each(functions)}
    Path(sys.argv[1]).write_text(to_text(found))
