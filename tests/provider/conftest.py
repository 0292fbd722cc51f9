"""Two providers that all tests here share, and a place for their webhooks."""

from collections.abc import Iterator

import pytest

from tests.support.providers import CANNED, Client, Full, serving
from tests.support.servers import Answer, Server, http_server


@pytest.fixture(scope="session")
def shared_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("provider")
    canned = folder / "canned.mp4"
    canned.write_bytes(CANNED)
    with serving(folder, "--chaos", "--canned", str(canned)) as client:
        yield client


@pytest.fixture
def well_behaved(shared_provider: Client) -> Client:
    """A provider that uses its engine and has counted nothing."""
    for part in ("behaviour", "scripts", "chaos", "ledger"):
        assert shared_provider.control("DELETE", part).status_code == 200
    return shared_provider


@pytest.fixture
def provider(well_behaved: Client) -> Client:
    """The same with a canned result at once."""
    well_behaved.behave(result="canned")
    return well_behaved


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    folder = tmp_path_factory.mktemp("full")
    canned = folder / "canned.mp4"
    canned.write_bytes(CANNED)
    options = ("--chaos", "--canned", str(canned), "--queue-limit", "2")
    with serving(folder, *options) as client:
        client.behave(result="canned", seconds=600)
        yield Full(client, [client.accepted() for _ in range(2)])


@pytest.fixture
def hooks() -> Iterator[Server]:
    """A receiver of webhooks; those to /refused are answered with 500."""
    with http_server(lambda path: Answer(500 if path == "/refused" else 200)) as server:
        yield server
