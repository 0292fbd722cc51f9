"""Both clients, on a service in memory: every test of this folder that asks for `client` runs with each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.client_driven import DRIVERS, Time, driven
from tests.support.client_service import Service

Connect = Callable[..., Any]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=DRIVERS)
def connect(request: pytest.FixtureRequest, service: Service, time: Time) -> Connect:
    """Makes a client of one kind, with options."""
    return lambda **options: driven(request.param, service, time, **options)


@pytest.fixture
def client(connect: Connect) -> Any:
    return connect()


@pytest.fixture
def media(tmp_path: Path) -> dict[str, Path]:
    """The three files of a swap."""
    files = {"video": "clip.mp4", "face": "face.png", "reference": "person.jpg"}
    for place, name in files.items():
        (tmp_path / name).write_bytes(f"bytes of {place}".encode())
    return {place: tmp_path / name for place, name in files.items()}


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large."""
    monkeypatch.setattr("faceswap_adapter.uploads.MULTIPART_FROM", 1)
