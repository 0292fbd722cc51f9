"""Find the key that a program sends with each request."""

from faceswap.ports.keys import Keys
from faceswap.rules.keys import ApiKey, WrongKeyError, fits, hash_of, is_secret, key_id_of


class FindKey:
    """Finds keys by their secrets."""

    def __init__(self, *, keys: Keys) -> None:
        self._keys = keys

    def run(self, secret: object) -> ApiKey:
        """The key with this secret, by one read; none for what cannot be a secret.

        Raises:
            WrongKeyError: there is none, or it was revoked.
        """
        if not isinstance(secret, str) or not is_secret(secret):
            raise WrongKeyError
        hash_ = hash_of(secret)
        key = self._keys.get(key_id_of(hash_))
        if key is None or not fits(key, hash_):
            raise WrongKeyError
        return key
