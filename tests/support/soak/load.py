"""Runs a plan: clients that create jobs and wait for them, so many at once."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.identity import mint
from local.stack.bring_up import AUDIENCE, SCOPES
from tests.support.faulty_stack import Ground
from tests.support.receiver import Receiver
from tests.support.retrying import retrying
from tests.support.soak.doors import Doors
from tests.support.soak.limits import Limits
from tests.support.soak.plan import OWNERS, Plan, has_upload, owner_of
from tests.support.world import FINAL, TYPES, VIDEO

_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 60.0


class Load:
    """The jobs of one soak, while they run."""

    def __init__(
        self, ground: Ground, plan: Plan, receiver: Receiver, say: Callable[[str], None]
    ) -> None:
        self._world = ground.world
        self._plan = plan
        self.doors = Doors(ground.world, receiver, plan.ways)
        self._say = say
        issuer = ground.world.stack.identity_url
        self.tokens: Mapping[str, str] = {
            owner: mint(ground.work, issuer, sub=owner, scope=SCOPES, audience=AUDIENCE)
            for owner in OWNERS
        }
        self.limits = Limits(ground.world, plan, self.doors, self.tokens)
        self.promised: dict[str, str] = {}
        self._statuses: dict[str, str] = {}
        self._over = threading.Event()
        self._looked = threading.Condition()

    def run(self) -> float:
        """Create all jobs, wait until each is final or time is up, and ask for more; how many seconds that took."""
        began = time.monotonic()
        watcher = threading.Thread(target=self._watch, args=(began,))
        watcher.start()
        try:
            with ThreadPoolExecutor(self._plan.at_once) as clients:
                for _ in clients.map(lambda n: self._drive(n, began), range(self._plan.jobs)):
                    pass
            self.limits.ask_for_more()
        finally:
            self._over.set()
            watcher.join()
        return time.monotonic() - began

    def _drive(self, number: int, began: float) -> None:
        owner = owner_of(number)
        media = dict.fromkeys(TYPES, f"https://media.example.com/soak/{number}.mp4")
        if has_upload(number):
            media["init_video"] = self._upload(owner)
        key = self._plan.key(number)
        job_id = self.doors.enter(number, owner, self.tokens[owner], key, media)
        self.promised[job_id] = owner
        until = began + self._plan.limit
        while not self._sees(
            lambda: job_id in self._statuses, min(until, time.monotonic() + _AGAIN_SECONDS)
        ):
            if time.monotonic() >= until:
                return
            # AWS invokes a function again that failed at an event; the emulator does not.
            self.doors.enter(number, owner, self.tokens[owner], key, media)
        self._sees(lambda: self._statuses.get(job_id) in FINAL, until)

    def _sees(self, is_so: Callable[[], bool], until: float) -> bool:
        """Whether it is so by the statuses, before that moment."""
        with self._looked:
            return self._looked.wait_for(is_so, timeout=max(0.0, until - time.monotonic()))

    def _upload(self, owner: str) -> str:
        wanted = {"purpose": "init_video", "content_type": "video/mp4", "size": len(VIDEO)}
        token = self.tokens[owner]
        reserved: dict[str, Any] = retrying(
            lambda: self._world.call("POST", "/v1/uploads", token=token, json=wanted)
        ).json()
        sent = retrying(lambda: self._world.send(reserved, VIDEO))
        assert sent.status_code in {200, 412}, sent.text
        source: str = reserved["source"]
        return source

    def _watch(self, began: float) -> None:
        """Read all statuses again and again; the clients wait for that instead of asking each for itself."""
        while not self._over.wait(_LOOK_SECONDS):
            items = [i for i in self._world.scanned() if i["pk"]["S"].startswith("job#")]
            with self._looked:
                self._statuses = {
                    item["pk"]["S"].removeprefix("job#"): item["status"]["S"] for item in items
                }
                self._looked.notify_all()
            self._tell(time.monotonic() - began)

    def _tell(self, seconds: float) -> None:
        counts = Counter(self._statuses.values())
        running = sum(number for status, number in counts.items() if status not in FINAL)
        self._say(
            f"{seconds:5.0f} s: {counts['succeeded']} succeeded, {counts['failed']} failed,"
            f" {running} running of {self._plan.jobs}"
        )
