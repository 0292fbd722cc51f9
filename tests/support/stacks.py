"""A stack of a test's own, with a provider that takes orders and answers with a small canned result."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.stack import down, up
from tests.support.bus import Listener
from tests.support.hidden import all_leaks
from tests.support.measured import in_functions
from tests.support.world import VIDEO, World


@contextmanager
def own_stack(
    work: Path,
    parameters: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    paths: Sequence[Path] = (),
    *,
    measured: bool = False,
) -> Iterator[World]:
    """Bring it up in a folder and down in the end; `environment` and `paths` go to the functions.

    With `measured` their coverage is, if that of the run is: it costs each call, so one stack is enough. In the
    end nothing that was done with it may have left a secret anywhere.
    """
    canned = work / "canned.mp4"
    canned.write_bytes(VIDEO)
    measuring, packages = in_functions(work) if measured else ({}, [])
    try:
        stack = up(
            work,
            parameters=parameters,
            chaos=True,
            canned=canned,
            extra_environment={**measuring, **(environment or {})},
            extra_paths=[*packages, *paths],
            say=lambda _: None,
        )
        world = World(stack, work)
        listener = Listener(world)
        yield world
        found = all_leaks(world, work, str(listener.listen()))
        assert not found, found
        world.close()
    finally:
        down(work)
