"""Use cases on a table and a bucket of the emulator that no state machine looks after."""

from collections.abc import Iterator
from typing import Any

import pytest

from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from tests.support.servers import http_server
from tests.support.tables_of_jobs import new_table
from tests.support.use_cases import TABLE, Clock, Script, UseCases
from tests.support.world import World


@pytest.fixture(scope="session")
def use_cases_table(session_world: World) -> str:
    """The table of all labs."""
    return new_table(session_world, TABLE)


@pytest.fixture
def use_cases(world: World, use_cases_table: str) -> Iterator[UseCases]:
    """One test's use_cases."""
    script = Script()
    bucket: Any = world.stack.media_bucket
    with http_server(script) as server:
        yield UseCases(
            world=world,
            jobs=JobStore(world.aws("dynamodb"), use_cases_table),
            media=MediaStore(world.aws("s3"), bucket),
            clock=Clock(),
            script=script,
            server=server,
            table=use_cases_table,
        )
