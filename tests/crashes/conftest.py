"""The stack on which functions die by plan; each file of tests has one of its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.crashes.crowd import ROOM
from tests.support.stacks import own_stack
from tests.support.world import World

PARAMETERS = {
    "FirstPollSeconds": "1",
    "MaxPollSeconds": "2",
    # No wait of a test may pass these; where one has to pass, the test moves it.
    "UploadDeadlineSeconds": "3600",
    "QueueDeadlineSeconds": "3600",
    "JobDeadlineSeconds": "3600",
    "ProviderConcurrency": str(ROOM),
}
_HOOK = Path(__file__).resolve().parents[1] / "support" / "crashes" / "hook"


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the functions look for what is planned."""
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def more_parameters() -> Mapping[str, str]:
    """What a file of tests sets besides."""
    return {}


@pytest.fixture(scope="module")
def crashing(
    tmp_path_factory: pytest.TempPathFactory, plans: Path, more_parameters: Mapping[str, str]
) -> Iterator[World]:
    """A stack whose functions die by plan, and in which a pause takes a second."""
    work = tmp_path_factory.mktemp("crashing")
    hook = {"FUNCTION_HOOK": "crash_hook", "CRASH_PLANS": str(plans)}
    with own_stack(work, {**PARAMETERS, **more_parameters}, hook, [_HOOK]) as world:
        world.shorten_pauses(1 / 60)
        world.behave(result="canned", seconds=0.2, room=100)
        yield world
