"""Who may have tokens: codes and refresh tokens, each good once and for a while, and who is signed in in a browser.

All of it lives in memory: with the issuer it ends.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

CODE_SECONDS = 60.0
REFRESH_SECONDS = 86400.0


@dataclass(frozen=True)
class Grant:
    """What somebody has allowed a page."""

    owner: str
    client_id: str
    scope: str
    nonce: str = ""
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class Grants:
    """Grants by a secret; each is taken once."""

    seconds: float
    now: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, Grant]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def give(self, grant: Grant) -> str:
        """A new secret for a grant."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            now = self.now()
            self._kept = {name: kept for name, kept in self._kept.items() if kept[0] > now}
            self._kept[secret] = (now + self.seconds, grant)
        return secret

    def take(self, secret: str) -> Grant | None:
        """The grant of a secret, this once; None if there is none, or not any longer."""
        with self._lock:
            until, grant = self._kept.pop(secret, (0.0, None))
            return grant if until > self.now() else None
