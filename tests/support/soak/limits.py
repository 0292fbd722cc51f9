"""The limits of a soak: each owner may make his share of the jobs, and two of them ask for more at every door."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any, NamedTuple

from tests.support.bus import Listener
from tests.support.counters import differences, kept
from tests.support.logs import logged
from tests.support.retrying import retrying
from tests.support.soak.doors import Doors
from tests.support.soak.plan import GREEDY, Plan
from tests.support.until import until
from tests.support.world import CONSENT, TYPES, World

_ASKS = ("http", "vendor", "event", "inbox")
_TIMES = 2
"""How often each asks for more at each door."""
_SECONDS = 60.0
_REFUSALS = '"QuotaRefusals"'


class Limited(NamedTuple):
    """What is wrong with limits; all empty if nothing is."""

    not_refused: list[str]
    beyond_limits: list[str]
    miscounted: list[str]


class Asked(NamedTuple):
    """A job that is asked for in vain."""

    owner: str
    door: str
    key: str


class Limits:
    """Asks for more than may be, and looks at what was counted."""

    def __init__(self, world: World, plan: Plan, doors: Doors, tokens: Mapping[str, str]) -> None:
        self._world = world
        self._plan = plan
        self._doors = doors
        self._tokens = tokens
        self._listener = Listener(world)
        self._asked = [
            Asked(owner, door, f"more-{plan.seed}-{owner}-{door}-{number}")
            for owner, door, number in product(GREEDY, _ASKS, range(_TIMES))
        ]
        self._not_refused: list[str] = []

    def ask_for_more(self) -> None:
        """Ask, once each of these owners has made as many jobs as he may, while everything still misbehaves."""
        with ThreadPoolExecutor(len(_ASKS)) as threads:
            told = list(threads.map(self._ask, self._asked))
        here = [
            asked.key for asked, is_refused in zip(self._asked, told, strict=True) if not is_refused
        ]
        self._not_refused += here

    def _ask(self, asked: Asked) -> bool:
        """Whether it is refused; of one who asks by the bus or a file that is known later."""
        media = dict.fromkeys(TYPES, f"https://media.example.com/soak/{asked.key}.mp4")
        body = {**media, "consent": CONSENT}
        match asked.door:
            case "http":
                return self._is_refused("/v1/jobs", self._tokens[asked.owner], asked.key, body)
            case "vendor":
                key = self._doors.key(asked.owner, self._tokens[asked.owner])
                path = "/api/v6/faceswap/specific_video_swap"
                return self._is_refused(path, "", asked.key, {"key": key, **media})
            case "event":
                self._doors.put_event(asked.owner, asked.key, body)
            case _:
                self._doors.drop(asked.owner, asked.key, body)
        return True

    def _is_refused(self, path: str, token: str, key: str, body: Mapping[str, Any]) -> bool:
        answer = retrying(
            lambda: self._world.call(
                "POST", path, token=token, headers={"idempotency-key": key}, json=body
            )
        )
        return answer.status_code == 429

    def books(self, items: Sequence[Mapping[str, Any]]) -> Limited:
        """What is wrong, by the table's items; nothing breaks any more."""
        by_event = {asked.key for asked in self._asked if asked.door == "event"}
        by_file = [asked for asked in self._asked if asked.door == "inbox"]
        try:
            until(lambda: by_event <= self._told_on_the_bus(), seconds=_SECONDS, every=1.0)
            until(lambda: all(map(self._is_answered, by_file)), seconds=_SECONDS, every=1.0)
        except AssertionError:
            self._not_refused += by_event - self._told_on_the_bus()
            self._not_refused += [each.key for each in by_file if not self._is_answered(each)]
        if logged(self._world).count(f"{_REFUSALS}:") < len(self._asked):
            self._not_refused.append("fewer refusals are counted than were told")
        beyond = [
            pk
            for (pk, name), number in kept(items).items()
            if name == "jobs" and number > self._plan.share
        ]
        return Limited(self._not_refused, beyond, differences(items))

    def _told_on_the_bus(self) -> set[str]:
        return {
            detail["idempotency_key"]
            for detail in self._listener.details("Job Refused")
            if detail["problem"]["violated-policies"] == ["day"]
        }

    def _is_answered(self, asked: Asked) -> bool:
        s3 = self._world.aws("s3")
        key = f"outbox/{asked.owner}/soak/{asked.key}.result.json"
        try:
            answer = s3.get_object(Bucket=self._world.stack.media_bucket, Key=key)
        except s3.exceptions.NoSuchKey:
            return False
        problem = json.loads(answer["Body"].read()).get("problem") or {}
        return problem.get("status") == 429
