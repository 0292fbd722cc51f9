"""`python -m tests.loaded COMMAND …`: a command while two processes a core spin and one writes and reads files."""

import os
import subprocess
import sys
import tempfile

_SPIN = "while True: pass"
_FILES = """
import pathlib, sys
path = pathlib.Path(sys.argv[1]) / "load"
while True:
    path.write_bytes(bytes(8 << 20))
    path.read_bytes()
"""


def main(command: list[str]) -> int:
    """Run it; its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        load = [
            subprocess.Popen([sys.executable, "-c", _SPIN])
            for _ in range(2 * (os.cpu_count() or 1))
        ]
        load.append(subprocess.Popen([sys.executable, "-c", _FILES, folder]))
        try:
            return subprocess.run(command, check=False).returncode
        finally:
            for each in load:
                each.kill()
                each.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
