"""Runs a function: awslambdaric with its HTTP client replaced. Started by a bootstrap script as
`python -I ric.py --layer=DIR … --extra=DIR …` in an environment without this project, or by
fork_server.py as if it were.

Handler loading, context, error shapes and log formats stay awslambdaric's. Only the calls of the
Runtime API are made here, because (1) the emulator sends headers and body in two segments, which a
delayed ACK turns into 40 ms: we acknowledge at once; (2) it waits up to 50 ms for a log line after
each invocation: we always write one.
"""

import http.client
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

_TASK_ROOT = os.environ["LAMBDA_TASK_ROOT"]


def _paths(option: str) -> list[str]:
    return [word.removeprefix(option) for word in sys.argv[1:] if word.startswith(option)]


# As on AWS: code, layers, then the runtime's own packages.
sys.path[:1] = [_TASK_ROOT, *_paths("--layer=")]
sys.path += _paths("--extra=")

from awslambdaric import bootstrap, lambda_runtime_client  # noqa: E402

_API = "/2018-06-01/runtime/invocation/"
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
_JSON = {"content-type": "application/json"}


class Marshaller(lambda_runtime_client.LambdaMarshaller):  # type: ignore[misc]
    """Reads events; remembers whether the current one came through the HTTP API."""

    through_http = False

    def unmarshal_request(self, request: bytes, content_type: str = "application/json") -> object:
        """The event, with cookies where the gateway on AWS puts them."""
        event = super().unmarshal_request(request, content_type)
        self.through_http = (
            isinstance(event, dict) and event.get("version") == "2.0" and "routeKey" in event
        )
        if self.through_http and (cookie := event["headers"].pop("cookie", None)):
            event["cookies"] = [part.strip() for part in cookie.split(";")]
        return event


class RuntimeClient(lambda_runtime_client.LambdaRuntimeClient):  # type: ignore[misc]
    """The three calls of an invocation, on one connection that is kept."""

    marshaller = Marshaller()
    connection: http.client.HTTPConnection | None = None

    def wait_next_invocation(self) -> lambda_runtime_client.InvocationRequest:
        """Wait for an event; ends the process when the execution environment is stopped."""
        try:
            headers, body = self._call("GET", "next")
        except (OSError, http.client.HTTPException, lambda_runtime_client.LambdaRuntimeClientError):
            sys.exit(0)
        return lambda_runtime_client.InvocationRequest(
            invoke_id=headers["Lambda-Runtime-Aws-Request-Id"],
            x_amzn_trace_id=headers["Lambda-Runtime-Trace-Id"],
            invoked_function_arn=headers["Lambda-Runtime-Invoked-Function-Arn"],
            deadline_time_in_ms=int(headers["Lambda-Runtime-Deadline-Ms"]),
            client_context=None,
            cognito_identity=None,
            tenant_id=None,
            content_type=headers["Content-Type"],
            event_body=body,
            invocation_id=None,
        )

    def post_invocation_result(
        self,
        invoke_id: str,
        result_data: str | bytes,
        content_type: str = "application/json",
        invocation_id: str | None = None,  # noqa: ARG002
    ) -> None:
        """Answer an event."""
        body = result_data if isinstance(result_data, bytes) else result_data.encode()
        self._report(invoke_id + "/response", body, content_type)

    def post_invocation_error(
        self,
        invoke_id: str,
        error_response_data: str,
        xray_fault: str,  # noqa: ARG002
        invocation_id: str | None = None,  # noqa: ARG002
    ) -> None:
        """Report a failure. The emulator's gateway would show it to the caller with its stack
        trace, unless the payload also reads as a response.
        """
        error = json.loads(error_response_data)
        if self.marshaller.through_http:
            answer = '{"message":"Internal Server Error"}'
            error |= {"statusCode": 500, "headers": _JSON, "body": answer}
        self._report(invoke_id + "/error", json.dumps(error).encode(), _JSON["content-type"])

    def _report(self, path: str, body: bytes, content_type: str) -> None:
        os.write(1, b"\n")
        self._call("POST", path, body, {"content-type": content_type})

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[http.client.HTTPMessage, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.lambda_runtime_address)
        elif _QUICKACK is None:
            # A fresh connection is acknowledged at once, too.
            self.connection.close()
        self.connection.request(method, _API + path, body, headers or {})
        if _QUICKACK is not None:
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        response = self.connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise lambda_runtime_client.LambdaRuntimeClientError(path, response.status, data)
        return response.headers, data


def _end(*_: object) -> NoReturn:
    """End on SIGTERM as a program does, so that exit handlers run (coverage saves its data)."""
    sys.exit(0)


def _measure_coverage() -> None:
    """Measure the function if COVERAGE_PROCESS_START names a configuration; its relative paths
    are read, and the data is written, beside that file.
    """
    configuration = os.environ.get("COVERAGE_PROCESS_START")
    if configuration:
        import coverage

        os.chdir(Path(configuration).parent)
        coverage.process_startup()
        os.chdir(_TASK_ROOT)


def _install_hook() -> None:
    """Let the module that FUNCTION_HOOK names, on an extra path, put itself around each invocation."""
    name = os.environ.get("FUNCTION_HOOK")
    if name:
        importlib.import_module(name).install(RuntimeClient)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    _measure_coverage()
    _install_hook()
    bootstrap.run(os.environ["_HANDLER"], RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"]))
