"""Keys for the vendor's contract."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from faceswap.rules.keys import ApiKey


class Keys(Protocol):
    """Keys of programs that speak the vendor's contract."""

    def create(self, key: "ApiKey") -> None:
        """Store a new key; the same one again is fine."""

    def get(self, key_id: str) -> "ApiKey | None":
        """The key as it is now; None if there is none, or no longer."""

    def of(self, owner: str) -> "list[ApiKey]":
        """An owner's keys, the newest first; a new one may be missing for a moment, a revoked one is not among them."""

    def revoke(self, key_id: str, owner: str) -> bool:
        """Forget an owner's key. Whether there was one."""
