"""A stack of its own whose functions reach AWS through a proxy that can break their calls."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.emulator import server
from local.stack import down, up
from local.stack.files import free_ports
from tests.support.faults import Faults, faulty_aws
from tests.support.measured import in_functions
from tests.support.world import VIDEO, World

# A pause of the state machine after a failed task takes 3 seconds instead of 60.
_PAUSE_SCALE = 0.05


@dataclass(frozen=True)
class Ground:
    """The stack, and what breaks its calls."""

    world: World
    faults: Faults
    work: Path


@contextmanager
def shaky_ground(work: Path, parameters: Mapping[str, str], seed: int) -> Iterator[Ground]:
    """Bring such a stack up in a folder, with a provider that gives canned results; nothing is broken yet."""
    canned = work / "canned.mp4"
    canned.write_bytes(VIDEO)
    environment, paths = in_functions(work)
    (port,) = free_ports(1)
    try:
        with (
            faulty_aws(server.endpoint_url(port), seed, work / "proxy.log") as faults,
            pytest.MonkeyPatch.context() as patch,
        ):
            # The proxy has to know where the emulator will be, and the functions where the proxy is.
            patch.setenv("EMULATOR_PORT", str(port))
            stack = up(
                work,
                parameters=parameters,
                chaos=True,
                canned=canned,
                extra_environment={**environment, **faults.environment},
                extra_paths=paths,
            )
            world = World(stack)
            world.shorten_pauses(_PAUSE_SCALE)
            yield Ground(world, faults, work)
            world.close()
    finally:
        down(work)
