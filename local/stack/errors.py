"""What can go wrong with the local stack, in words for its user."""


class StackError(Exception):
    """The stack cannot be brought up or down; the message is for the user."""
