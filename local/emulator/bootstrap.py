"""The executable with which the emulator starts a function: ric.py in a clean interpreter, or in a fork
of one that has its packages.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.emulator.references import Json

RUNTIME_CLIENT = Path(__file__).with_name("ric.py")
FORK_SERVER = Path(__file__).with_name("fork_server.py")
FORK_CLIENT = Path(__file__).with_name("fork_client.py")


@dataclass(frozen=True)
class Host:
    """What the functions need of this machine.

    `python` holds awslambdaric and boto3 only; `cache` keeps installed layers; variables named
    in `hidden` are the server's own and are taken from the functions again. At `fork_socket` a
    process may wait that has imported their packages.
    """

    python: Path
    installer: Path
    cache: Path
    hidden: Sequence[str] = ()
    extra_environment: Mapping[str, str] = field(default_factory=dict)
    extra_paths: Sequence[Path] = ()
    fork_socket: Path | None = None


@dataclass(frozen=True)
class Packages:
    """What a function imports that is not the product's own: a runtime's, and what layers have installed."""

    runtime: str
    folders: tuple[Path, ...] = ()


def common_environment(runtime: str) -> dict[str, str]:
    """What all functions of a runtime find in their environment; some packages read it when they are imported."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
    }


def bootstrap_script(function: Json, code: Path, layers: Sequence[Path], host: Host) -> str:
    """The script for one function whose source lies in the folder `code` of this checkout."""
    environment = {
        **common_environment(function["Runtime"]),
        "LAMBDA_TASK_ROOT": str(code),
        "LAMBDA_RUNTIME_DIR": str(RUNTIME_CLIENT.parent),
        **host.extra_environment,
    }
    command = [str(host.python), "-I"]
    if host.fork_socket:
        command += ["-S", str(FORK_CLIENT), str(host.fork_socket)]
    command.append(str(RUNTIME_CLIENT))
    command += [f"--layer={path}" for path in layers]
    command += [f"--extra={path}" for path in host.extra_paths]
    lines = ["#!/bin/sh"]
    if host.hidden:
        lines.append("unset " + " ".join(sorted(host.hidden)))
    lines += [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    lines.append('export AWS_LAMBDA_LOG_GROUP_NAME="/aws/lambda/$AWS_LAMBDA_FUNCTION_NAME"')
    lines.append(f"cd {shlex.quote(str(code))} && exec {shlex.join(command)}")
    return "\n".join(lines) + "\n"


def log_settings(function: Json) -> Json:
    """Variables by which AWS tells the runtime how to log; the level may be an intrinsic."""
    logging = function.get("LoggingConfig", {})
    if logging.get("LogFormat") != "JSON":
        return {}
    level = logging.get("ApplicationLogLevel", "INFO")
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
