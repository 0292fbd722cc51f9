"""Jobs tables that no state machine looks after."""

from local.scale import table
from tests.support.world import World


def new_table(world: World, name: str) -> str:
    """A jobs table without a stream, with the template's indexes."""
    return table.new_table(world.aws("dynamodb"), name)
