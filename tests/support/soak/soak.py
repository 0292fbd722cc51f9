"""One soak from beginning to end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.faults import rules
from tests.support.faulty_stack import shaky_ground
from tests.support.receiver import receiver
from tests.support.soak.books import close
from tests.support.soak.doors import replies
from tests.support.soak.load import Load
from tests.support.soak.plan import Plan
from tests.support.soak.report import figures

_RESULT_SECONDS = 0.5


def soak(plan: Plan, work: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Run a plan on a stack of its own in a folder; the figures, `wrong` among them."""
    with shaky_ground(work, plan.parameters, plan.seed) as ground:
        world = ground.world
        # The provider has room for all, so that it refuses nobody but by chance.
        world.behave(result="canned", seconds=_RESULT_SECONDS, room=plan.jobs)
        world.let_loose(**plan.chaos.model_dump(mode="json"))
        ground.faults.let_loose(rules())
        # A message whose function failed comes again soon.
        world.aws("sqs").set_queue_attributes(
            QueueUrl=world.stack.outputs["CallbackQueueUrl"],
            Attributes={"VisibilityTimeout": "3"},
        )
        with receiver(replies) as there:
            load = Load(ground, plan, there, say)
            seconds = load.run()
            books = close(ground, plan, load)
        return figures(plan, ground, books, seconds)
