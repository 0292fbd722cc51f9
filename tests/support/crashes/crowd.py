"""Many lives at once, each with a death of its own, and the table of what became of them."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.support.crashes.lives import End
from tests.support.crashes.plans import Point, When
from tests.support.world import World

AT_ONCE = 12
ROOM = 500
BEFORE_AND_AFTER: tuple[When, When] = ("before", "after")


def in_lives(
    live: Callable[[Point, int], End],
    points: Sequence[Point],
    world: World,
    at_once: int = AT_ONCE,
) -> dict[Point, End]:
    """Each point in a life of its own, many at once.

    What no crowd shows, because only the first job of all, one alone or a new process comes there, again one by one
    on a table without slots and with new processes.
    """
    with ThreadPoolExecutor(at_once) as threads:
        found = threads.map(live, points, range(len(points)))
        ends = dict(zip(points, found, strict=True))
    missed = [point for point, end in ends.items() if not end.happened]
    for number, point in enumerate(missed, len(points)):
        begin_anew(world)
        ends[point] = live(point, number)
    return ends


def begin_anew(world: World) -> None:
    """Let the next job be the first of all, on a table without slots and in new processes."""
    world.aws("dynamodb").delete_item(TableName=world.stack.jobs_table, Key={"pk": {"S": "slots"}})
    end_idle_processes(world)


def messages_come_again(world: World, seconds: int) -> None:
    """Let a callback whose function died, or takes longer than that, come again after so many seconds."""
    world.aws("sqs").set_queue_attributes(
        QueueUrl=world.stack.outputs["CallbackQueueUrl"],
        Attributes={"VisibilityTimeout": str(seconds)},
    )


def end_idle_processes(world: World) -> None:
    """Let the next invocation of each function meet a new process, which knows no secret yet."""
    emulator = world.stack.pids["emulator"]
    for process in Path("/proc").glob("[0-9]*"):
        # A process may end while it is read of.
        with suppress(OSError):
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == emulator and b"ric.py" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def table(ends: Mapping[str, End]) -> str:
    rows = [f"{point:<86} {end}" for point, end in ends.items()]
    return "\n".join(["", f"{'the process dies':<86} {'the job':<32} submits orphans", *rows])
