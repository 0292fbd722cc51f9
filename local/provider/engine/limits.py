"""What a process that touches other people's media may use; set by the process itself."""

import resource
from typing import NamedTuple


class Limits(NamedTuple):
    """Address space and written files in bytes, processor time in seconds."""

    memory: int
    seconds: int
    file_bytes: int

    def set(self) -> None:
        """Bind this process, for good; it leaves no memory dump either."""
        for kind, value in (
            (resource.RLIMIT_AS, self.memory),
            (resource.RLIMIT_CPU, self.seconds),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            _, most = resource.getrlimit(kind)
            bound = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(kind, (bound, bound))
