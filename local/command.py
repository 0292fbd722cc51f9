"""How a command of this folder ends: `python -m local.command stack up` runs `local.stack` so.

Ctrl-C ends it with 130, what the operating system refuses with 1; one line says so, no traceback. To hold
from the first moment on, this file imports no other package before.
"""

import importlib
import sys
from collections.abc import Callable
from typing import NoReturn

from local.words import in_words

INTERRUPTED = 130


def finish(main: Callable[[], int]) -> NoReturn:
    """Run a command and end the process with its exit code."""
    try:
        code = main()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        code = INTERRUPTED
    except OSError as error:
        print(in_words(error), file=sys.stderr)
        code = 1
    sys.exit(code)


def _named() -> int:
    name = sys.argv.pop(1)
    command: Callable[[], int] = importlib.import_module(f"local.{name}.__main__").main
    return command()


if __name__ == "__main__":
    finish(_named)
