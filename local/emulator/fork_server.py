"""Starts functions as forks of a process that has imported their packages, which is most of a cold start.

`python -I fork_server.py SOCKET FOLDER …` imports from these folders of installed packages, prints `ready`, and runs
the script of each client (fork_client.py) in a child. It imports nothing of the product's own, which each child finds
as it is then; it makes no connections, and has one thread.

A connection is one child. The client sends its descriptors 0 to 2, arguments, folder, umask and environment, is told
when the child begins, and in the end how it ended. It asks the child to end by closing its half, and kills it by
closing all. SIGTERM ends the server after its children, which get it too; where the server dies, they die.
"""

import atexit
import ctypes
import functools
import gc
import importlib
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MODULES = (
    "aws_lambda_powertools.event_handler.api_gateway",
    "aws_lambda_powertools.event_handler.middlewares.openapi_validation",
    "aws_lambda_powertools.event_handler.router",
    "aws_lambda_powertools.metrics",
    "awslambdaric.lambda_runtime_client",
    "boto3.dynamodb.conditions",
    "boto3.dynamodb.types",
    "boto3.s3.inject",
    "boto3.s3.transfer",
    "boto3.session",
    "httpcore",
    "httpx",
    "pydantic.deprecated.config",
    "pydantic.functional_serializers",
    "pydantic.plugin._loader",
    "pydantic.root_model",
    "pydantic.type_adapter",
    "standardwebhooks",
)
"""What functions import of others' packages; all that these import comes with them.

Not `awslambdaric.bootstrap`: at its import it reads how its function is to log.
"""
SERVICES = ("dynamodb", "events", "s3", "secretsmanager", "sqs", "stepfunctions")
"""Those of AWS whose descriptions are read, too."""
STARTED = b"+"
"""What a client hears when its child begins."""
_ENDS = (signal.SIGTERM,)
_PR_SET_PDEATHSIG = 1


@dataclass
class _Child:
    pid: int
    ended: int
    """A descriptor that becomes readable at the child's end."""
    connection: socket.socket
    is_asked: bool = False

    def ask_to_end(self) -> None:
        """Once only: another SIGTERM would disturb the exit handlers."""
        if not self.is_asked:
            self.is_asked = True
            os.kill(self.pid, signal.SIGTERM)

    def forget(self) -> None:
        os.close(self.ended)
        self.connection.close()


class _Server:
    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._children: list[_Child] = []
        self._is_ending = False
        self._signals, self._wakeup = socket.socketpair()
        self._wakeup.setblocking(False)
        # Taken while it waits only: a child that is not yet itself must not take one for the server's.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        signal.set_wakeup_fd(self._wakeup.fileno())
        signal.signal(signal.SIGTERM, lambda *_: None)

    def serve(self) -> socket.socket:
        """Return in each child, with its connection; the server itself exits here."""
        while self._children or not self._is_ending:
            seen = self._wait()
            if self._signals.fileno() in seen:
                self._signals.recv(1)
                self._end()
            for child in list(self._children):
                self._look_after(child, seen)
            # Last, as the new connection may have a descriptor by which another was seen.
            if not self._is_ending and self._listener.fileno() in seen:
                connection, _ = self._listener.accept()
                if self._fork(connection):
                    return connection
        sys.exit(0)

    def _wait(self) -> dict[int, int]:
        poll = select.poll()
        poll.register(self._signals, select.POLLIN)
        if not self._is_ending:
            poll.register(self._listener, select.POLLIN)
        for child in self._children:
            poll.register(child.ended, select.POLLIN)
            # That all is closed is told in any case.
            poll.register(child.connection, 0 if child.is_asked else select.POLLRDHUP)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        seen = poll.poll()
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        return dict(seen)

    def _end(self) -> None:
        self._is_ending = True
        self._listener.close()
        for child in self._children:
            child.ask_to_end()

    def _look_after(self, child: _Child, seen: dict[int, int]) -> None:
        event = seen.get(child.connection.fileno(), 0)
        is_abandoned = bool(event & select.POLLHUP)
        if is_abandoned:
            os.kill(child.pid, signal.SIGKILL)
        elif event:
            child.ask_to_end()
        if is_abandoned or child.ended in seen:
            _, status = os.waitpid(child.pid, 0)
            with suppress(OSError):
                child.connection.send(b"%d" % os.waitstatus_to_exitcode(status))
            child.forget()
            self._children.remove(child)

    def _fork(self, connection: socket.socket) -> bool:
        """Whether this is the child."""
        server = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # the client does without
            print(f"no fork: {error}", flush=True)
            connection.close()
            return False
        if pid:
            self._children.append(_Child(pid, os.pidfd_open(pid), connection))
            return False
        _die_with(server)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
        for child in self._children:
            child.forget()
        for own in (self._listener, self._signals, self._wakeup):
            own.close()
        return True


def _die_with(server: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


def _take_over(connection: socket.socket) -> list[str]:
    """Be in the place of the client; its arguments."""
    os.setsid()
    _, descriptors, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as said:
        arguments: list[str]
        arguments, folder, mask, environment = marshal.load(said)  # noqa: S302 # nosec B302 - this user's
    os.chdir(folder)
    os.umask(mask)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    # Last: until here what goes wrong is told to the server's log, and the client does without.
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    connection.sendall(STARTED)
    connection.close()
    return arguments


def _listen(path: Path) -> socket.socket:
    """Listen for this user only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    # Relative, as the whole path of a socket may have 107 bytes only.
    os.chdir(path.parent)
    mask = os.umask(0o177)
    listener.bind(path.name)
    os.umask(mask)
    listener.listen(socket.SOMAXCONN)
    return listener


def _import(folders: list[str]) -> None:
    """Import what is there of the modules, and leave `sys.path` as it is in a fresh interpreter."""
    paths = sys.path.copy()
    sys.path[:1] = folders
    for module in MODULES:
        with suppress(ModuleNotFoundError):
            importlib.import_module(module)
    _read_descriptions()
    sys.path[:] = paths
    gc.collect()
    gc.freeze()


def _read_descriptions() -> None:
    """Read the files from which botocore makes clients, and let each session have them from memory."""
    loaders = importlib.import_module("botocore.loaders")
    files = loaders.JSONFileLoader()
    files.load_file = functools.cache(files.load_file)
    loaders.Loader.FILE_LOADER_CLASS = staticmethod(lambda: files)
    loader = loaders.Loader()
    for name in ("_retry", "endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
    for service in SERVICES:
        for kind in ("service-2", "endpoint-rule-set-1"):
            loader.load_service_model(service, kind)


class _Script:
    """A script that ends without taking the memory apart, which is shared until then and costs more than the fork."""

    def __init__(self) -> None:
        self._has_ended_well = False
        # Registered before all others, it is called after them.
        atexit.register(self._end)

    def run(self, arguments: list[str]) -> None:
        sys.argv[:] = arguments
        try:
            runpy.run_path(arguments[0], run_name="__main__")
        except SystemExit as end:
            self._has_ended_well = not end.code
            raise
        self._has_ended_well = True

    def _end(self) -> None:
        if self._has_ended_well:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)


def main() -> None:
    """Serve; in each child run its script."""
    path, *folders = sys.argv[1:]
    script = _Script()
    _import(folders)
    listener = _listen(Path(path))
    print("ready", flush=True)
    script.run(_take_over(_Server(listener).serve()))


if __name__ == "__main__":
    main()
