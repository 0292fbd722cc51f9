"""What all tests share: the one local stack of a process, brought up when the first test wants it, and the sample."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.balance import place
from tests.support.selection import share_of_each
from tests.support.stacks import own_stack
from tests.support.tables import print_tables
from tests.support.world import World

# PollLimits come soon, so that tests do not wait, and jobs that tests leave behind do not fill the room.
PARAMETERS = {
    "FirstPollSeconds": "2",
    "MaxPollSeconds": "3",
    "ProviderConcurrency": "500",
    "CallbackRetrySeconds": "1,1",
}
# Folders of tests that look at nothing but `local/`, and of how many tests a sample of them takes one.
LOCAL_TESTS = {"emulator", "engine", "provider"}
LOCAL_PARTS = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sample", metavar="SEED", help="a sample of what takes long, by this seed")
    parser.addoption("--sample-local", action="store_true", help="with it, of the tests of local/")


def pytest_report_header(config: pytest.Config) -> str | None:
    seed = config.getoption("--sample")
    return f"sample: --sample {seed}" if seed else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first; and leave most of the tests of `local/` out, if only a sample of them is wanted.

    Of these each file keeps one at least.
    """
    here = Path(__file__).parent
    items.sort(key=lambda item: place(item.path.relative_to(here)))
    seed = config.getoption("--sample")
    if not seed or not config.getoption("--sample-local"):
        return
    of_local = [item for item in items if LOCAL_TESTS & {*item.path.relative_to(here).parts[:1]}]
    names = [item.nodeid for item in of_local]
    kept = share_of_each(names, lambda name: name.partition("::")[0], LOCAL_PARTS, seed)
    left_out = {item for item in of_local if item.nodeid not in kept}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_tables(terminalreporter)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> str | None:
    """The seed of the sample; None where the whole is run."""
    given: str | None = request.config.getoption("--sample")
    return given


@pytest.fixture(scope="session")
def session_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack with a provider that takes orders and answers with a small canned result."""
    work = tmp_path_factory.mktemp("stack")
    with own_stack(work, PARAMETERS, measured=True) as world:
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
