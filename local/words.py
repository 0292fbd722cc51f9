"""What the operating system refused, in words for who started a command."""

import errno

_SAID = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this user's share of the disk is full",
    errno.EROFS: "the disk can only be read",
    errno.EACCES: "not permitted",
    errno.EPERM: "not permitted",
}


def in_words(error: OSError) -> str:
    """One line: what happened, where, and the system's own text."""
    said = _SAID.get(error.errno or 0, "the system refused something")
    place = f"{error.filename}: " if error.filename else ""
    return f"{said}: {place}{error.strerror or error}".replace("\n", " ")
