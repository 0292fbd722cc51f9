"""A stack of its own whose functions reach AWS through a proxy that can break their calls."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.emulator import server
from local.stack.files import free_ports
from tests.support.faults import Faults, faulty_aws
from tests.support.stacks import own_stack
from tests.support.world import World

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
    (port,) = free_ports(1)
    with (
        faulty_aws(server.endpoint_url(port), seed, work / "proxy.log") as faults,
        pytest.MonkeyPatch.context() as patch,
    ):
        # The proxy has to know where the emulator will be, and the functions where the proxy is.
        patch.setenv("EMULATOR_PORT", str(port))
        with own_stack(work, parameters, faults.environment) as world:
            world.shorten_pauses(_PAUSE_SCALE)
            yield Ground(world, faults, work)
