"""Where a Chromium is: `CHROMIUM` in the environment, else one of its usual names on the path."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "The browser tests want Chromium or Chrome: install it (Debian, Ubuntu: apt-get install chromium),"
    " or say where it is (CHROMIUM=/path)."
)


def find() -> str | None:
    """The browser's path; None if there is none."""
    given = os.environ.get("CHROMIUM")
    names = (given,) if given else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


if __name__ == "__main__":
    found = find()
    sys.stdout.write(f"{found or MISSING}\n")
    sys.exit(0 if found else 1)
