"""Lets fresh interpreters answer events as the functions of a running stack."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.emulator.aws import CREDENTIALS
from local.emulator.packages import layer_paths
from local.stack import Stack
from local.stack.parts import PROJECT

PYTHON = PROJECT / ".venvs/runtime/bin/python"
_INSTALLER = PROJECT / ".venvs/uv/bin/uv"
_LAYERS = ("runtime", "faceswap")
_SCRIPT = Path(__file__).with_name("first_answer.py")
_SECONDS = 60


class ColdStartError(Exception):
    """A fresh interpreter did not answer; the message holds its own words."""


@dataclass(frozen=True)
class FirstAnswer:
    """What one fresh interpreter needed to answer its first event."""

    seconds: float
    """Processor time since the process began."""
    modules: frozenset[str]
    without_byte_code: tuple[str, ...]
    answer: Any
    imports: str
    """What `-X importtime` tells, if it was asked to."""


@dataclass(frozen=True)
class Functions:
    """The functions of a running stack, each event in a new process."""

    stack: Stack
    extra_paths: tuple[Path, ...] = ()
    """Folders whose modules hide those of the layers; tests use it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Set in the place of what the stack has configured."""

    def answer(
        self, function: str, event: Mapping[str, Any], *, tell_imports: bool = False
    ) -> FirstAnswer:
        """The first answer of `jobs` or `results`.

        Raises:
            ColdStartError: it did not answer.
        """
        configuration = self.configuration(function)
        code = PROJECT / "functions" / function
        told = {
            "paths": [str(path) for path in (*self.extra_paths, code, *_layers())],
            "handler": configuration["Handler"],
            "event": event,
        }
        command = [str(PYTHON), "-I", *(("-X", "importtime") if tell_imports else ()), str(_SCRIPT)]
        ended = subprocess.run(
            command,
            input=json.dumps(told),
            env=self._environment(configuration),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if ended.returncode:
            raise ColdStartError(f"{function}: {ended.stderr.strip()}")
        cost = json.loads(ended.stdout.rstrip().rpartition("\n")[2])
        return FirstAnswer(
            seconds=cost["seconds"],
            modules=frozenset(cost["modules"]),
            without_byte_code=tuple(cost["without_byte_code"]),
            answer=cost["answer"],
            imports=ended.stderr,
        )

    def configuration(self, function: str) -> dict[str, Any]:
        """How the stack has configured `jobs` or `results`."""
        configuration: dict[str, Any] = self.stack.client("lambda").get_function_configuration(
            FunctionName=self.stack.functions[function]
        )
        return configuration

    def _environment(self, configuration: Mapping[str, Any]) -> dict[str, str]:
        return {
            **configuration["Environment"]["Variables"],
            **self.variables,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.stack.aws_endpoint_url,
            "AWS_DEFAULT_REGION": self.stack.region,
            "AWS_REGION": self.stack.region,
            "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LANG": "en_US.UTF-8",
        }


def _layers() -> list[Path]:
    paths: list[Path] = []
    for name in _LAYERS:
        paths += layer_paths(PROJECT / "layers" / name, PROJECT / ".cache", _INSTALLER, PYTHON)
    return paths
