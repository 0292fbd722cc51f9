"""What a client remembers between two runs, so that a swap that was broken off goes on: ids and keys, no more."""

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any, Protocol


class Store(Protocol):
    """A small JSON document for each thing that is under way."""

    def read(self, name: str) -> dict[str, Any]:
        """What is known of it; nothing if nothing was kept."""

    def write(self, name: str, known: dict[str, Any]) -> None:
        """Keep it."""

    def forget(self, name: str) -> None:
        """It is over."""


class FolderStore:
    """A file for each in a folder that nobody else reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> dict[str, Any]:
        """What is known of it; nothing if there is no file, or one that cannot be read."""
        try:
            known = json.loads(self._path(name).read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def write(self, name: str, known: dict[str, Any]) -> None:
        """Keep it: whoever reads finds this or what was there before, never half of it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = self._folder / f"{name}.{secrets.token_hex(4)}"
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file)
        scratch.replace(self._path(name))

    def forget(self, name: str) -> None:
        """It is over."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


class NoStore:
    """Keeps nothing: what is broken off begins anew."""

    def read(self, name: str) -> dict[str, Any]:
        """Nothing."""
        del name
        return {}

    def write(self, name: str, known: dict[str, Any]) -> None:
        """Does nothing."""

    def forget(self, name: str) -> None:
        """Does nothing."""


def name_of(kind: str, *facts: object) -> str:
    """The name of a thing that is made of these facts: of the same ones always the same."""
    told = json.dumps(facts, sort_keys=True).encode()
    return f"{kind}-{hashlib.sha256(told).hexdigest()[:32]}"
