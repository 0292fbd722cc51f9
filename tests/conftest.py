"""The one local stack that all tests of a process share; it is brought up when the first test wants it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import down, up
from tests.support.hidden import all_leaks
from tests.support.measured import in_functions
from tests.support.tables import print_tables
from tests.support.world import VIDEO, World

# Looks come soon, so that tests do not wait, and jobs that tests leave behind do not fill the room.
PARAMETERS = {"FirstLookSeconds": "2", "MaxLookSeconds": "3", "ProviderConcurrency": "500"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_tables(terminalreporter)


@pytest.fixture(scope="session")
def session_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack with a provider that takes orders and answers with a small canned result.

    In the end nothing that the tests did may have left a secret anywhere.
    """
    work = tmp_path_factory.mktemp("stack")
    canned = work / "canned.mp4"
    canned.write_bytes(VIDEO)
    environment, paths = in_functions(work)
    try:
        stack = up(
            work,
            parameters=PARAMETERS,
            chaos=True,
            canned=canned,
            extra_environment=environment,
            extra_paths=paths,
        )
        world = World(stack)
        yield world
        assert all_leaks(world, work) == []
        world.close()
    finally:
        down(work)


@pytest.fixture
def world(session_world: World) -> World:
    """The stack with a provider that behaves well, quickly, and has counted nothing."""
    session_world.reset_provider()
    session_world.behave(result="canned", seconds=0.2)
    return session_world


@pytest.fixture
def work(session_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The running stack's folder."""
    del session_world
    return tmp_path_factory.getbasetemp() / "stack0"
