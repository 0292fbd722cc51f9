"""Many lives at once, each with a death of its own, and the table of what became of them."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.crashes.lives import End
from tests.crashes.plans import Point, When
from tests.support.world import World

AT_ONCE = 12
ROOM = 500
BEFORE_AND_AFTER: tuple[When, When] = ("before", "after")


def in_lives(
    live: Callable[[Point, int], End], points: Sequence[Point], world: World
) -> dict[Point, End]:
    """Each point in a life of its own, many at once.

    What no crowd shows, because only the first job of all or one alone comes there, again one by one on a table
    without slots.
    """
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = threads.map(live, points, range(len(points)))
        ends = dict(zip(points, found, strict=True))
    missed = [point for point, end in ends.items() if not end.happened]
    for number, point in enumerate(missed, len(points)):
        world.aws("dynamodb").delete_item(
            TableName=world.stack.jobs_table, Key={"pk": {"S": "slots"}}
        )
        ends[point] = live(point, number)
    return ends


def table(ends: Mapping[str, End]) -> str:
    rows = [f"{point:<86} {end}" for point, end in ends.items()]
    return "\n".join(["", f"{'the process dies':<86} {'the job':<32} submits orphans", *rows])
