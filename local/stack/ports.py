"""The ports of a stack: what the environment may ask for, and whether that can be had."""

import os
import re
import socket

from local.listeners import bind_refused
from local.stack.errors import StackError


def variable(name: str) -> str:
    """The variable that asks for a part's port."""
    return f"{name.upper()}_PORT"


def asked(name: str) -> int | None:
    """The port that the environment asks for; None if it does not. Raises StackError."""
    text = os.environ.get(variable(name))
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise StackError(f"{variable(name)}={text} is no port: a number from 1 to 65535 is")
    return int(text)


def demand(name: str, port: int) -> None:
    """Make sure that a part can listen on the port that was asked for. Raises StackError."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise StackError(
            f"{variable(name)}={port} cannot be had: {bind_refused(port, error)};"
            f" choose another, or leave {variable(name)} out for a free one"
        ) from None


def demand_different(ports: dict[str, int]) -> None:
    """Make sure that no two parts have one port. Raises StackError."""
    by_port: dict[int, str] = {}
    for name, port in ports.items():
        other = by_port.setdefault(port, name)
        if other != name:
            raise StackError(f"{variable(name)}={port} is the port of {other}: choose another")
