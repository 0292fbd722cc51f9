"""The stack on which functions die by plan; each file of tests has one of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import down, up
from tests.crashes.crowd import ROOM
from tests.support.world import VIDEO, World

PARAMETERS = {
    "FirstLookSeconds": "1",
    "MaxLookSeconds": "2",
    "UploadDeadlineSeconds": "30",
    "QueueDeadlineSeconds": "30",
    "JobDeadlineSeconds": "25",
    "ProviderConcurrency": str(ROOM),
}
_HOOK = Path(__file__).parent / "hook"


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the functions look for what is planned."""
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def deadly(tmp_path_factory: pytest.TempPathFactory, plans: Path) -> Iterator[World]:
    """A stack whose functions die by plan, and in which a pause takes a second."""
    work = tmp_path_factory.mktemp("deadly")
    canned = work / "canned.mp4"
    canned.write_bytes(VIDEO)
    hook = {"FUNCTION_HOOK": "crash_hook", "CRASH_PLANS": str(plans)}
    try:
        stack = up(
            work,
            parameters=PARAMETERS,
            chaos=True,
            canned=canned,
            extra_environment=hook,
            extra_paths=[_HOOK],
        )
        world = World(stack)
        faster = {"stepfunctions._SFN_WAIT_SCALE": 1 / 60}
        assert world.http.post(
            f"{stack.aws_endpoint_url}/_ministack/config", json=faster
        ).is_success
        world.behave(result="canned", seconds=0.2, room=100)
        yield world
        world.close()
    finally:
        down(work)
