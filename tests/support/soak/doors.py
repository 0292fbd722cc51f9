"""The doors through which a soak's jobs come, and how the receivers of their callbacks behave."""

import json
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Literal, NamedTuple

from faceswap.rules.ids import job_id_for_key, job_id_for_number, number_for_key
from tests.support.receiver import Receiver, Reply
from tests.support.retrying import retrying
from tests.support.soak.plan import has_upload
from tests.support.world import CONSENT, World

Door = Literal["http", "http and callback", "event", "event and callback", "inbox", "vendor"]
DOORS: Sequence[Door] = (
    "http",
    "http and callback",
    "event",
    "event and callback",
    "inbox",
)
_VENDOR_S_SHARE = 10
"""One job in so many comes by the vendor's contract."""
QUICK = (
    ("204",),
    ("endless",),
    ("500", "204"),
    ("break", "204"),
    ("redirect", "204"),
    ("404", "500", "204"),
    ("410",),
    ("500",),
)
"""What a receiver answers to one try after the other, the last for all that follow."""
SLOW = (("hang", "204"), ("429", "204"))
"""The same, where the next try comes a minute later."""
_REPLIES = {
    "endless": Reply(200, endless=True),
    "redirect": Reply(307, {"location": "http://169.254.169.254/"}),
    "break": Reply(breaks=True),
    "hang": Reply(hangs=True),
}
_OVER = {"delivered", "gone", "exhausted"}


class Told(NamedTuple):
    """What is wrong with how ends were told, as the names of jobs; all empty if nothing is."""

    untold: list[str]
    other_bodies: list[str]
    told_to_others: list[str]
    not_buried: list[str]


def door_of(number: int) -> Door:
    """Through which door a job comes; each owner uses all of them."""
    # In no step with the owners, who take turns. It takes addresses only.
    turn = (number + number // _VENDOR_S_SHARE) % _VENDOR_S_SHARE
    if turn == _VENDOR_S_SHARE - 1 and not has_upload(number):
        return "vendor"
    return DOORS[number // len(DOORS) % len(DOORS)]


def job_id_of(number: int, owner: str, key: str) -> str:
    """The id that a job gets, by the door through which it comes."""
    if door_of(number) == "vendor":
        return job_id_for_number(owner, number_for_key(owner, key))
    return job_id_for_key(owner, key)


def _is_about(body: bytes, job_id: str, owner: str) -> bool:
    """Whether a callback, of ours or as the vendor has it, tells of this job of this owner."""
    told = json.loads(body)
    if "data" in told:
        return bool((told["data"]["job_id"], told["data"]["owner"]) == (job_id, owner))
    return job_id_for_number(owner, told["id"]) == job_id


def replies(path: str, number: int) -> Reply:
    """What the receiver answers to the so-manieth POST to `<way>/<number of the job>`."""
    way = (QUICK + SLOW)[int(path.partition("/")[0])]
    word = way[min(number, len(way)) - 1]
    return _REPLIES.get(word) or Reply(int(word))


class Doors:
    """Lets jobs in."""

    def __init__(self, world: World, receiver: Receiver, ways: int) -> None:
        self._world = world
        self._receiver = receiver
        self._ways = ways
        self._keys: dict[str, str] = {}
        self._making = Lock()
        self.posted: dict[str, str] = {}
        """The path that each job with a callback named."""

    def enter(self, number: int, owner: str, token: str, key: str, media: Mapping[str, str]) -> str:
        """Ask for a job; its id."""
        door, job_id = door_of(number), job_id_of(number, owner, key)
        body: dict[str, Any] = {**media, "consent": CONSENT}
        if door == "vendor":
            self._swap(number, owner, token, key, media)
            return job_id
        if "callback" in door:
            self.posted[job_id] = f"{number % self._ways}/{number}"
            body["callback"] = {"url": self._receiver.url(self.posted[job_id])}
        if door.startswith("http"):
            self._post(token, key, body)
        elif door == "inbox":
            self.drop(owner, key, body)
        else:
            self.put_event(owner, key, body)
        return job_id

    def _swap(
        self, number: int, owner: str, token: str, key: str, media: Mapping[str, str]
    ) -> None:
        """Twice, as who speaks the vendor's contract does when an answer was lost."""
        job_id = job_id_of(number, owner, key)
        self.posted[job_id] = f"{number % self._ways}/{number}"
        body = {"key": self.key(owner, token), "track_id": number, **media}
        body["webhook"] = self._receiver.url(self.posted[job_id])
        path, headers = "/api/v6/faceswap/specific_video_swap", {"idempotency-key": key}
        for _ in range(2):
            told = retrying(
                lambda: self._world.call("POST", path, token="", headers=headers, json=body)
            )
            assert told.json()["id"] == number_for_key(owner, key), told.text

    def key(self, owner: str, token: str) -> str:
        """The owner's key, made when he first needs one."""
        with self._making:
            if owner not in self._keys:
                asked = {"name": "soak", "consent": CONSENT}
                made = retrying(
                    lambda: self._world.call("POST", "/v1/keys", token=token, json=asked)
                )
                self._keys[owner] = made.json()["key"]
            return self._keys[owner]

    def _post(self, token: str, key: str, body: dict[str, Any]) -> None:
        headers = {"idempotency-key": key}
        created = retrying(
            lambda: self._world.call("POST", "/v1/jobs", token=token, headers=headers, json=body)
        )
        assert created.status_code == 202, created.text

    def drop(self, owner: str, key: str, body: dict[str, Any]) -> None:
        """Twice, as some tools do it."""
        content = json.dumps(body | {"idempotency_key": key}).encode()
        for _ in range(2):
            self._world.aws("s3").put_object(
                Bucket=self._world.stack.media_bucket,
                Key=f"inbox/{owner}/soak/{key}.job.json",
                Body=content,
            )

    def put_event(self, owner: str, key: str, body: dict[str, Any]) -> None:
        """Twice, as a bus may do it."""
        entry = {
            "EventBusName": self._world.stack.bus_name,
            "Source": "shop.soak",
            "DetailType": "Job Requested",
            "Detail": json.dumps(body | {"owner": owner, "idempotency_key": key}),
        }
        answer = self._world.aws("events").put_events(Entries=[entry, entry])
        assert not answer["FailedEntryCount"], answer

    def is_told(self, items: Sequence[Mapping[str, Any]], promised: Mapping[str, str]) -> bool:
        """Whether every end is told, or given up."""
        return not self._untold(items, promised)

    def books(
        self,
        items: Sequence[Mapping[str, Any]],
        promised: Mapping[str, str],
        buried: Sequence[str],
    ) -> Told:
        """What is wrong, by the table's items and the jobs whose messages lie among the dead letters."""
        posts = {job_id: self._receiver.of(path) for job_id, path in self.posted.items()}
        exhausted = {
            item["job_id"]["S"] for item in _deliveries(items) if item["status"]["S"] == "exhausted"
        }
        return Told(
            untold=self._untold(items, promised),
            other_bodies=[
                job_id
                for job_id, each in posts.items()
                if len({(post.headers["webhook-id"], post.body) for post in each}) > 1
            ],
            told_to_others=[
                job_id
                for job_id, each in posts.items()
                for post in each
                if not _is_about(post.body, job_id, promised[job_id])
            ],
            not_buried=sorted(exhausted - set(buried)),
        )

    def _untold(self, items: Sequence[Mapping[str, Any]], promised: Mapping[str, str]) -> list[str]:
        """The jobs whose end has to be told and is not, by what lies in the outbox and on the deliveries."""
        over = {item["job_id"]["S"] for item in _deliveries(items) if item["status"]["S"] in _OVER}
        dropped = {item["job_id"]["S"] for item in items if item.get("callback") == {"S": "outbox"}}
        return sorted(
            job_id
            for job_id in promised
            if job_id in self.posted.keys() | dropped and job_id not in over
        )


def _deliveries(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [item for item in items if item["pk"]["S"].startswith("delivery#")]
