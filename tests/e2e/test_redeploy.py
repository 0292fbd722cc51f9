"""A deploy that changes only a parameter is in force at once, although callers use what was published."""

import re
from pathlib import Path

import pytest

from local.stack import down, up
from local.stack.errors import StackError
from tests.support.world import World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the stack keeps its files."""
    return tmp_path / "stack"


def variable(parameter: str) -> str:
    """The environment's name of a parameter."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).upper()


def live(world: World, function: str) -> dict[str, str]:
    """The environment of what is published."""
    name = function.partition(":live")[0]
    told = world.aws("lambda").get_function_configuration(FunctionName=name, Qualifier="live")
    variables: dict[str, str] = told["Environment"]["Variables"]
    return variables


def versions(world: World, function: str) -> list[str]:
    """The published versions that are kept."""
    name = function.partition(":live")[0]
    told = world.aws("lambda").list_versions_by_function(FunctionName=name)["Versions"]
    return [each["Version"] for each in told if each["Version"] != "$LATEST"]


def test_a_parameter_changed_on_a_running_stack_is_in_force(folder: Path) -> None:
    upload = {"purpose": "init_video", "content_type": "video/mp4", "size": 5000}
    try:
        world = World(up(folder, chaos=True, say=lambda _: None))
        assert world.call("POST", "/v1/uploads", json=upload).status_code == 201

        up(folder, chaos=True, parameters={"MaxVideoBytes": "4000"}, say=lambda _: None)

        refused = world.call("POST", "/v1/uploads", json=upload)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "#/size"

        # What both functions are told, and what says nothing but that this is another deploy.
        changed = {"FirstPollSeconds": "6", "DeployId": "second"}
        for name, value in changed.items():
            up(folder, chaos=True, parameters={name: value}, say=lambda _: None)
            for function in world.stack.functions.values():
                assert live(world, str(function))[variable(name)] == value
                assert len(versions(world, str(function))) == 1

        wrong = {"JwtIssuer": "", "AllowedOrigins": "*"}
        with pytest.raises(StackError, match="AllowedOrigins names its pages"):
            up(folder, chaos=True, parameters=wrong, say=lambda _: None)
        world.close()
    finally:
        down(folder)
