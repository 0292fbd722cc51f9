"""Many that want a slot of the same table at once."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from faceswap.store.slots import SlotStore
from tests.support.samples import START
from tests.support.tables_of_jobs import new_table
from tests.support.world import World


def test_of_many_at_once_as_many_get_in_as_there_is_room(world: World) -> None:
    table = new_table(world, f"room-{secrets.token_hex(4)}")
    slots = SlotStore(world.aws("dynamodb"), table, 2)
    until = START + timedelta(hours=1)
    with ThreadPoolExecutor(8) as threads:
        took = list(threads.map(lambda n: slots.take(f"job_{n}", START, until), range(8)))

    assert sum(took) == len(slots.holders()) == 2
