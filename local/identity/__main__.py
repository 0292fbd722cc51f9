"""`python -m local.identity serve --port P --work DIR`: prints `ready URL` and serves until ended."""

import argparse
from pathlib import Path

from local.identity.server import Issuer


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="local.identity", description=__doc__)
    serve = parser.add_subparsers(required=True).add_parser("serve")
    serve.add_argument("--port", type=int, required=True, help="0 takes a free one")
    serve.add_argument("--work", type=Path, required=True, help="folder that keeps the key")
    chosen = parser.parse_args()
    with Issuer(chosen.port, chosen.work) as issuer:
        print(f"ready {issuer.url}", flush=True)
        issuer.serve_forever()


if __name__ == "__main__":
    main()
