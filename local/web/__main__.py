"""`python -m local.web CONFIGURATION --port P --folder DIR`: prints `ready URL` and serves until ended."""

import argparse
import json
from pathlib import Path

from local.web.server import Page


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="local.web", description=__doc__)
    parser.add_argument("configuration", type=Path, help="a file with the headers and config.json")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--folder", type=Path, required=True, help="the built page")
    chosen = parser.parse_args()
    with Page(chosen.port, chosen.folder, json.loads(chosen.configuration.read_text())) as page:
        print(f"ready {page.url}", flush=True)
        page.serve_forever()


if __name__ == "__main__":
    main()
