"""Revoke a key."""

from faceswap.ports.keys import Keys
from faceswap.rules.errors import NotFoundError
from faceswap.rules.keys import is_key_id


class RevokeKey:
    """Revokes keys."""

    def __init__(self, *, keys: Keys) -> None:
        self._keys = keys

    def run(self, key_id: str, owner: str) -> None:
        """From now on it opens nothing; the jobs that it made go on.

        Raises:
            NotFoundError: there is none, it is somebody else's, or it was revoked before.
        """
        if not is_key_id(key_id) or not self._keys.revoke(key_id, owner):
            raise NotFoundError("There is no such key.")
