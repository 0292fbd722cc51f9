"""A deploy that changes only a parameter is in force at once, although callers use what was published."""

from pathlib import Path

import pytest

from local.stack import down, up
from tests.support.world import World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the stack keeps its files."""
    return tmp_path / "stack"


def test_a_parameter_changed_on_a_running_stack_is_in_force(folder: Path) -> None:
    upload = {"purpose": "init_video", "content_type": "video/mp4", "size": 5000}
    try:
        world = World(up(folder, chaos=True, say=lambda _: None))
        assert world.call("POST", "/v1/uploads", json=upload).status_code == 201

        up(folder, chaos=True, parameters={"MaxVideoBytes": "4000"}, say=lambda _: None)

        refused = world.call("POST", "/v1/uploads", json=upload)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "#/size"
        world.close()
    finally:
        down(folder)
