"""The one local stack that all tests of a process share; it is brought up when the first test wants it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stacks import own_stack
from tests.support.tables import print_tables
from tests.support.world import World

# PollLimits come soon, so that tests do not wait, and jobs that tests leave behind do not fill the room.
PARAMETERS = {"FirstPollSeconds": "2", "MaxPollSeconds": "3", "ProviderConcurrency": "500"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_tables(terminalreporter)


@pytest.fixture(scope="session")
def session_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack with a provider that takes orders and answers with a small canned result."""
    work = tmp_path_factory.mktemp("stack")
    with own_stack(work, PARAMETERS) as world:
        yield world


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
