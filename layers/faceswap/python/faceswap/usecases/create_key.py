"""Give an owner a key for programs that speak the vendor's contract."""

from collections.abc import Callable
from datetime import datetime

from faceswap.contract.keys import KeyRequest, NewKey, key_view
from faceswap.ports.keys import Keys
from faceswap.rules.errors import ConflictError
from faceswap.rules.keys import MOST_KEYS, ApiKey, hash_of, key_id_of, new_secret
from faceswap.usecases.create_job import Caller


class CreateKey:
    """Makes keys. `new_bytes` gives 32 random ones."""

    def __init__(
        self, *, keys: Keys, clock: Callable[[], datetime], new_bytes: Callable[[], bytes]
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._new_bytes = new_bytes

    def run(self, request: KeyRequest, caller: Caller) -> NewKey:
        """A new key, whose secret is known to who asks for it alone: what is stored is its hash.

        Raises:
            ConflictError: the owner has as many as he may have.
        """
        if len(self._keys.of(caller.owner)) >= MOST_KEYS:
            raise ConflictError(f"You have {MOST_KEYS} keys. Revoke one first.")
        secret = new_secret(self._new_bytes())
        hash_ = hash_of(secret)
        key = ApiKey(
            key_id=key_id_of(hash_),
            hash=hash_,
            owner=caller.owner,
            name=request.name,
            created_at=self._clock(),
            caller=caller.subject,
            statement=request.consent.statement,
            terms=request.consent.terms,
            subject=request.consent.subject,
        )
        self._keys.create(key)
        return NewKey(**key_view(key).model_dump(), key=secret)
