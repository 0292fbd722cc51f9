"""A second stack, as on the shared one polls come soon: here none does, and what ends a job is what woke it."""

from collections.abc import Iterator

import pytest

from tests.support.stacks import own_stack
from tests.support.world import World

PARAMETERS = {
    "FirstPollSeconds": "600",
    "MaxPollSeconds": "600",
    "ProviderConcurrency": "500",
    "EventsOut": "all",
}


@pytest.fixture(scope="session")
def session_patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A stack that polls after ten minutes unless it is woken."""
    with own_stack(tmp_path_factory.mktemp("patient"), PARAMETERS) as world:
        yield world


@pytest.fixture
def patient(session_patient: World) -> World:
    """The same with a provider that behaves well, and has counted nothing."""
    session_patient.reset_provider()
    session_patient.behave(result="canned", seconds=0.2)
    return session_patient
