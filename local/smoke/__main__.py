"""`python -m local.smoke STACK`: tries a deployed stack, and prints what differs from the run on one machine.

It takes the credentials and the region of the environment, as the AWS CLI does. Exit code 1 where something differs.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from faceswap_adapter import FaceswapError
from local.smoke.facts import facts
from local.smoke.surroundings import Unseen
from local.smoke.target import SmokeError, find

LOCAL = Path(__file__).with_name("local.json")


def differences(found: dict[str, Any], local: dict[str, Any]) -> list[str]:
    """A line for each fact that is not as on one machine."""
    return [
        f"{name}: {json.dumps(found.get(name))}, locally {json.dumps(local.get(name))}"
        for name in sorted(found.keys() | local.keys())
        if found.get(name) != local.get(name)
    ]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="local.smoke", description=__doc__)
    parser.add_argument("stack", help="its name in CloudFormation")
    parser.add_argument("--api-url", help="where its API begins, if not at its output ApiUrl")
    parser.add_argument("--write", action="store_true", help="keep this run as the local one")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="smoke-"))
    try:
        found = dict(facts(find(given.stack, given.api_url), folder, print))
    except (FaceswapError, SmokeError) as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 2
    kept = json.loads(LOCAL.read_text())
    unseen = {name: value.why for name, value in found.items() if isinstance(value, Unseen)}
    found = {name: kept.get(name) if name in unseen else value for name, value in found.items()}
    if given.write:
        LOCAL.write_text(json.dumps(found, indent=1) + "\n")
    told = differences(found, kept)
    for name, why in unseen.items():
        print(f"not seen  {name}: {why}")
    for line in told:
        print(f"differs  {line}")
    print(f"{len(found) - len(unseen)} facts, {len(told)} differ from the local run")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
