"""List an owner's keys."""

from faceswap.contract.keys import KeyList, key_view
from faceswap.ports.keys import Keys


class ListKeys:
    """Lists keys."""

    def __init__(self, *, keys: Keys) -> None:
        self._keys = keys

    def run(self, owner: str) -> KeyList:
        """The owner's keys, the newest first."""
        return KeyList(items=[key_view(key) for key in self._keys.of(owner)])
