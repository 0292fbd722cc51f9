"""What every command is told: where the API is, and who speaks."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from faceswap_adapter.client import Client

URL, TOKEN = "FACESWAP_API_URL", "FACESWAP_TOKEN"


class UsageError(Exception):
    """The command was called wrongly; the text says how."""


def add_connection(parser: argparse.ArgumentParser) -> None:
    """The options of a command that asks the API."""
    parser.add_argument("--api-url", help=f"where the API begins, before /v1 (else {URL})")
    parser.add_argument(
        "--token-file",
        type=Path,
        help=f"a file that holds the token, read again once it is refused (else {TOKEN})",
    )


def connect(given: argparse.Namespace, state: Path | None = None) -> Client:
    """A client as the options and the environment say; `state` is where it remembers what is under way.

    Raises:
        UsageError: an address or a token is missing.
    """
    api_url = given.api_url or os.environ.get(URL)
    if not api_url:
        raise UsageError(f"where is the API? Give --api-url or set {URL}")
    if not api_url.startswith(("https://", "http://")):
        raise UsageError(f"{api_url} is no address of an API: it begins with https://")
    file: Path | None = given.token_file
    if file is None and not os.environ.get(TOKEN):
        raise UsageError(f"who are you? Set {TOKEN} or give --token-file")
    return Client(api_url, os.environ[TOKEN] if file is None else lambda: _read(file), store=state)


def _read(file: Path) -> str:
    return file.read_text().strip()


def state_folder(environment: Mapping[str, str]) -> Path:
    """Where a command remembers what is under way, unless it is told (XDG base directories)."""
    base = environment.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local/state") / "faceswap"
