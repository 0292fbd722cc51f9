"""The sets of parameters that the template is looked at with, before anybody deploys it with them.

`python -m local.configurations TEMPLATE FOLDER` writes the template as AWS would expand it with each of them, for
cfn-lint, and refuses a set with a value that the template does not take, or by which uploads would be erased while a
job may still wait for them.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator.references import Json
from local.emulator.transform import TemplateError, load, local_sources, transform
from local.stack.constraints import check
from local.stack.errors import StackError
from local.stack.parameters import configured
from local.stack.parts import PROJECT

CONFIGURATIONS = ("default", "dev", "prod", "local")
EVERYTHING = "everything"


def parameters(name: str) -> dict[str, str]:
    """The parameters of a configuration of samconfig.toml, or of the set where every optional thing is on."""
    if name == EVERYTHING:
        return everything()
    # What `make up` adds to its own configuration.
    machine = {"JwtIssuer": "http://127.0.0.1:1"} if name == "local" else {}
    return configured(PROJECT / "samconfig.toml", name) | machine


def everything() -> dict[str, str]:
    """Every optional thing on; the user pool is one, so there is no issuer."""
    return {
        "AllowedOrigins": "https://app.example.com,https://www.example.com",
        "CallbackUrls": "https://app.example.com/back,myapp://back",
        "MachineAccess": "true",
        "PublicBaseUrl": "https://api.example.com",
        "AlarmEmail": "oncall@example.com",
        "DisableExecuteApiEndpoint": "true",
        "MonthlyBudget": "1000",
        "OwnerJobsPerDay": "100",
        "DailyBudget": "50",
        "AuditLog": "true",
        "WebPage": "true",
        # The issuer's, so without meaning for the user pool.
        "WebClientId": "",
        "WebIssuerOrigins": "",
        "PricePerJob": "0.16",
        "SnapStart": "PublishedVersions",
        "LogLevel": "DEBUG",
        "DeployId": "20261126T235959Z",
    }


def as_cloudformation_hands_them(
    template: Json, values: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """The values as a transform gets them: a list of strings where the parameter is a list."""
    declared = template["Parameters"]
    lists = {name for name, each in declared.items() if each["Type"] == "CommaDelimitedList"}
    return {name: value.split(",") if name in lists else value for name, value in values.items()}


def main(arguments: list[str]) -> int:
    """Command line: 0 when every set is transformed, 1 when one is refused."""
    path, folder = Path(arguments[0]), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    template = load(path)
    local_sources(template, path.parent)
    for name in (*CONFIGURATIONS, EVERYTHING):
        values = parameters(name)
        try:
            check(template["Parameters"], values)
            result: Any = transform(template, as_cloudformation_hands_them(template, values))
        except (StackError, TemplateError) as error:
            print(f"{path} with the parameters of {name}: {error}", file=sys.stderr)
            return 1
        for parameter, value in values.items():
            # What cfn-lint takes for the value.
            result["Parameters"][parameter]["Default"] = value
        (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
