"""Stands for a child of the fork server (fork_server.py): `python -I -S fork_client.py SOCKET SCRIPT ARGUMENT …`.

It hands SIGTERM on, and ends as the child ends. Where no server answers it becomes `python -I SCRIPT ARGUMENT …`.
"""

import marshal
import os
import sys

# The modules in C only: those in Python around them would double what this process costs.
from _signal import (  # type: ignore[import-not-found]
    SIG_BLOCK,
    SIG_DFL,
    SIG_UNBLOCK,
    SIGKILL,
    SIGTERM,
    pthread_sigmask,
    signal,
)
from _socket import AF_UNIX, SCM_RIGHTS, SHUT_WR, SOL_SOCKET, socket

_STARTED = b"+"
_STANDARD = b"".join(descriptor.to_bytes(4, sys.byteorder) for descriptor in (0, 1, 2))


def _start(path: str, arguments: list[str]) -> socket | None:
    """The connection of a child that has begun; None if there is none."""
    folder = os.getcwd()  # noqa: PTH109 - pathlib costs as much as all the rest
    os.umask(mask := os.umask(0))
    said = marshal.dumps((arguments, folder, mask, dict(os.environ)))
    connection = socket(AF_UNIX)
    socket_folder, _, name = path.rpartition("/")
    try:
        # Relative, as the whole path of a socket may have 107 bytes only.
        os.chdir(socket_folder)
        connection.connect(name)
        os.chdir(folder)
        connection.sendmsg([b"."], [(SOL_SOCKET, SCM_RIGHTS, _STANDARD)])
        connection.sendall(said)
        answer = connection.recv(1)
    except OSError:
        os.chdir(folder)
        return None
    return connection if answer == _STARTED else None


def _end_as(code: int) -> None:
    """End by the signal or with the code that another process ended with, in `subprocess`'s terms."""
    if code < 0:
        if -code != SIGKILL:
            signal(-code, SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def main() -> None:
    """Run the script in a child of the server, or here."""
    _, path, *arguments = sys.argv
    # One that comes in between is for the child, if there is one.
    pthread_sigmask(SIG_BLOCK, (SIGTERM,))
    connection = _start(path, arguments)
    if connection is not None:
        signal(SIGTERM, lambda *_: connection.shutdown(SHUT_WR))
    pthread_sigmask(SIG_UNBLOCK, (SIGTERM,))
    if connection is None:
        os.execv(sys.executable, [sys.executable, "-I", *arguments])  # noqa: S606 # nosec B606
    # Nothing is said if the server died.
    _end_as(int(connection.recv(8) or 1))


if __name__ == "__main__":
    main()
