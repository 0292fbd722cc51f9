"""What the jobs function is wired of: keys of programs that speak the vendor's contract."""

import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from faceswap.container.common import now
from faceswap.container.jobs_base import JobsBase

if TYPE_CHECKING:
    from faceswap.store.keys import KeyStore
    from faceswap.usecases.create_key import CreateKey
    from faceswap.usecases.find_key import FindKey
    from faceswap.usecases.list_keys import ListKeys
    from faceswap.usecases.revoke_key import RevokeKey


class KeysContainer(JobsBase):
    """Keys."""

    @cached_property
    def keys(self) -> "KeyStore":
        """Keys of programs that speak the vendor's contract."""
        from faceswap.store.keys import KeyStore

        return KeyStore(self._dynamodb, self._common.jobs_table)

    @cached_property
    def create_key(self) -> "CreateKey":
        """Makes keys."""
        from faceswap.usecases.create_key import CreateKey

        return CreateKey(keys=self.keys, clock=now, new_bytes=lambda: secrets.token_bytes(32))

    @cached_property
    def list_keys(self) -> "ListKeys":
        """Lists keys."""
        from faceswap.usecases.list_keys import ListKeys

        return ListKeys(keys=self.keys)

    @cached_property
    def revoke_key(self) -> "RevokeKey":
        """Revokes keys."""
        from faceswap.usecases.revoke_key import RevokeKey

        return RevokeKey(keys=self.keys)

    @cached_property
    def find_key(self) -> "FindKey":
        """Finds keys by their secrets."""
        from faceswap.usecases.find_key import FindKey

        return FindKey(keys=self.keys)
