"""Jobs with which the provider is done when the test says so, and not after some seconds."""

from collections.abc import Mapping
from threading import Lock
from typing import Any
from uuid import uuid4

from faceswap.rules.ids import job_id_for_key
from tests.support.world import World

HELD: Mapping[str, Any] = {
    "fetch": {"body": '{"status":"processing","output":""}'},
    "webhook": {"posts": []},
}
"""The script of such a job: each poll finds it at work, and no webhook comes."""


def let_go(world: World) -> None:
    """Let the provider be done with every held job: the next poll of each finds its result."""
    world.teach({})


class Held:
    """Which jobs of a stack are held, by a word in the address of their video; no other script is in force."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._words: set[str] = set()
        self._lock = Lock()

    def take(self, word: str) -> None:
        """Hold a job, before it is made."""
        with self._lock:
            self._words.add(word)
            self._world.teach(dict.fromkeys(self._words, HELD))

    def let_go(self, word: str) -> None:
        """Let the provider be done with a job."""
        with self._lock:
            self._words.discard(word)
            self._world.teach(dict.fromkeys(self._words, HELD))

    def create(self) -> str:
        """A new held job of the first owner, whose media are uploads; its id is its word."""
        key = str(uuid4())
        job_id = job_id_for_key("demo", key)
        self.take(job_id)
        self._world.create(headers={"idempotency-key": key})
        return job_id
