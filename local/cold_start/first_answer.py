"""Run by a fresh interpreter, as `python -I first_answer.py <told.json`: loads a function and answers one event.

Prints what it cost as one line of JSON: seconds of processor time since the process began, the modules that were
loaded, those of them that came without byte code, and the answer.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

_MILLISECONDS = 60_000


class Context:
    """What AWS's runtime tells a handler about the invocation."""

    function_name = "cold-start"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:cold-start"
    memory_limit_in_mb = 1024
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    log_group_name = "/aws/lambda/cold-start"
    log_stream_name = "cold-start"
    tenant_id = None

    def get_remaining_time_in_millis(self) -> int:
        """The time that is left, always the same."""
        return _MILLISECONDS


def _without_byte_code() -> list[str]:
    cached = {name: getattr(module, "__cached__", None) for name, module in sys.modules.items()}
    return sorted(name for name, path in cached.items() if path and not Path(path).exists())


def main() -> None:
    """Answer the event that standard input holds."""
    told: dict[str, Any] = json.load(sys.stdin)
    sys.path[:1] = told["paths"]
    module, name = told["handler"].split(".")
    answer = getattr(importlib.import_module(module), name)(told["event"], Context())
    seconds = time.process_time()
    modules = sorted(sys.modules)
    cost = {"seconds": seconds, "modules": modules, "without_byte_code": _without_byte_code()}
    sys.stdout.write("\n" + json.dumps(cost | {"answer": answer}) + "\n")


if __name__ == "__main__":
    main()
