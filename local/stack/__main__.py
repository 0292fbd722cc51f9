"""`python -m local.stack up|down`: the stack of this checkout, in `.local` or another folder.

The environment may set PARAMETERS (`Key=Value …`), PROVIDER_BASE_URL with PROVIDER_KEY, and
EMULATOR_PORT, IDENTITY_PORT, PROVIDER_PORT.
"""

import argparse
import os
import sys
from pathlib import Path

from local.command import finish
from local.stack import StackError, down, up
from local.stack.parameters import parse_overrides
from local.stack.parts import PROJECT

_WORK = PROJECT / ".local"


def main(arguments: list[str] | None = None) -> int:
    """Command line: 0 when the stack is up or down as asked, 1 with the reason when not."""
    parser = argparse.ArgumentParser(prog="local.stack", description=__doc__)
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--work", type=Path, default=_WORK, help="the stack's folder")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.action == "up":
            up(
                chosen.work,
                parameters=parse_overrides(os.environ.get("PARAMETERS", "")),
                provider_base_url=os.environ.get("PROVIDER_BASE_URL") or None,
                provider_key=os.environ.get("PROVIDER_KEY") or None,
            )
        else:
            down(chosen.work)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    finish(main)
