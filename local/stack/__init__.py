"""The whole product on one machine, in the background: emulator, identity, provider, deployed stack."""

from local.stack.bring_up import AUDIENCE, down, up
from local.stack.description import Stack
from local.stack.errors import StackError

__all__ = ["AUDIENCE", "Stack", "StackError", "down", "up"]
