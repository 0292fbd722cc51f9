"""`make deploy CONFIG=dev`: builds and deploys as samconfig.toml says, under a `DeployId` of this moment.

The id makes each deploy publish its functions, also one that changes nothing else or is tried again. SAM takes
parameters either from its configuration or from the command line, so all of them are put there together.
"""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from local.emulator.transform import load
from local.stack.constraints import check
from local.stack.errors import StackError
from local.stack.parameters import configured
from local.stack.parts import PROJECT

SAM = PROJECT / ".venvs/sam/bin/sam"


def deploy_id(moment: datetime) -> str:
    """Another text at each moment."""
    return moment.strftime("%Y%m%dT%H%M%SZ")


def command(configuration: str, values: Mapping[str, str], moment: datetime) -> list[str]:
    """`sam deploy` with the configuration's parameters and the id of this deploy."""
    given = {"DeployId": deploy_id(moment), **values}
    words = [f"{name}={value}" for name, value in given.items()]
    return [str(SAM), "deploy", "--config-env", configuration, "--parameter-overrides", *words]


def main(arguments: list[str]) -> int:
    """Command line: the exit code of what failed, or 0."""
    configuration = arguments[0]
    values = configured(PROJECT / "samconfig.toml", configuration)
    if not values:
        print(f"deploy: samconfig.toml has no parameters for {configuration}", file=sys.stderr)
        return 2
    try:
        check(load(PROJECT / "template.yaml")["Parameters"], values)
    except StackError as error:
        print(f"deploy: {error}", file=sys.stderr)
        return 2
    built = subprocess.run([str(SAM), "build"], cwd=PROJECT, check=False).returncode
    if built:
        return built
    wanted = command(configuration, values, datetime.now(UTC))
    return subprocess.run(wanted, cwd=PROJECT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
