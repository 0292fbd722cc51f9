"""Lives of a job whose calls are counted, each lived by its owner as an app or an integration does."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from faceswap.rules.ids import job_id_for_key
from faceswap.rules.links import input_token, input_url
from faceswap.rules.media import PURPOSES, extensions
from tests.support.bus import Listener
from tests.support.inbox import Inbox
from tests.support.receiver import receiver
from tests.support.recorded import Recorded
from tests.support.until import until
from tests.support.webhooks import post_success
from tests.support.world import CONSENT, PNG, TYPES, VIDEO, World

_STILL = '{"status":"processing","output":"","message":"try again later."}'
_LOST: dict[str, Any] = {"fetch": {"body": _STILL, "times": 1}, "webhook": {"posts": []}}
# Nothing is polled before a time that no test needs; the test posts the webhook when it has done its part.
_ESTIMATE = 120
_TAKEN = f'{{"status":"processing","id":$ID,"eta":{_ESTIMATE},"output":[]}}'
_LATER: dict[str, Any] = {"submit": {"body": _TAKEN}, "webhook": {"posts": []}}
PARAMETERS = {"FirstPollSeconds": "1", "MaxPollSeconds": str(5 * _ESTIMATE)}
"""Of a stack on which these lives are lived: where a webhook is lost, the polls do not keep them long."""
LIMITS = {
    "OwnerJobsPerDay": "1000",
    "OwnerOpenJobs": "1000",
    "OwnerUploadBytesPerDay": "1000000000",
    # So many that he never asks twice within the time of one.
    "OwnerRequestsPerMinute": "60000",
    "PricePerJob": "0.16",
    "DailyBudget": "1000",
}
"""Of one that limits owners in every way, and has a price and a budget."""
_SAMPLES = {"init_video": VIDEO, "init_image": PNG, "reference_image": PNG}
_SECONDS = 120.0


Live = Callable[[Recorded], str]
"""One life of a job, which gives its id."""


def live(recorded: Recorded, *, webhook: bool, **more: Any) -> str:
    """Three uploads, a job, two reads and the result; the job's id. Without `webhook` two polls end it."""
    world = recorded.world
    world.behave(result="canned", seconds=0)
    mark = recorded.mark()
    reserved = {purpose: world.reserve(purpose, data) for purpose, data in _SAMPLES.items()}
    world.teach({"/v1/inputs/": _LATER if webhook else _LOST})
    for purpose, form in reserved.items():
        assert world.send(form, _SAMPLES[purpose]).status_code == 200
    until(lambda: _noted(recorded, mark, "landed") == len(_SAMPLES))
    sources = {purpose: form["source"] for purpose, form in reserved.items()}
    job_id = str(world.create(sources | {"consent": CONSENT} | more)["job_id"])
    until(lambda: _sleeps(world, job_id))
    _read_inputs(world, job_id)
    status = world.job(job_id)["status"]
    if webhook:
        assert status == "processing"
        post_success(world, job_id)
    until(lambda: (world.item(job_id) or {})["status"] == {"S": "succeeded"}, seconds=_SECONDS)
    world.ended(job_id)
    assert world.job(job_id)["status"] == "succeeded"
    link = world.call("GET", f"/v1/jobs/{job_id}/result").json()["url"]
    assert world.http.get(link).content == VIDEO
    return job_id


def told(recorded: Recorded) -> str:
    """The happy path, whose end is posted to an address that takes it."""
    world = recorded.world
    mark = recorded.mark()
    with receiver() as there:
        job_id = live(recorded, webhook=True, callback={"url": there.url("hook")})
        until(lambda: there.of("hook"))
        pk = {"pk": {"S": f"delivery#{job_id}"}}
        until(lambda: _item(world, pk).get("status") == {"S": "delivered"})
    until(lambda: _noted(recorded, mark, "callback"))
    return job_id


class ByKey:
    """A job of three addresses that is asked for by the vendor's contract, fetched twice, and told by a webhook."""

    def __init__(self) -> None:
        self._key = ""

    def __call__(self, recorded: Recorded) -> str:
        """One such life; the first makes the key."""
        world = recorded.world
        world.behave(result="canned", seconds=0)
        world.teach({"media.example.com": _LATER})
        self._key = self._key or world.make_key()["key"]
        mark = recorded.mark()
        with receiver() as there:
            urls = dict.fromkeys(TYPES, "https://media.example.com/x.mp4")
            asked = urls | {"webhook": there.url("hook"), "track_id": 900001}
            submitted = world.vendor("specific_video_swap", self._key, **asked)
            job_id, fetch = submitted["meta"]["file_prefix"], f"fetch/{submitted['id']}"
            until(lambda: _sleeps(world, job_id))
            assert world.vendor(fetch, self._key)["status"] == "processing"
            post_success(world, job_id)
            until(lambda: there.of("hook"))
            pk = {"pk": {"S": f"delivery#{job_id}"}}
            until(lambda: _item(world, pk).get("status") == {"S": "delivered"})
        [link] = world.vendor(fetch, self._key)["output"]
        assert world.http.get(link, follow_redirects=True).content == VIDEO
        world.ended(job_id)
        until(lambda: _noted(recorded, mark, "callback"))
        return str(job_id)


def requested(recorded: Recorded) -> str:
    """A job of three addresses that an event asks for, and whose end an event tells."""
    world = recorded.world
    world.behave(result="canned", seconds=0)
    world.teach({"media.example.com": _LATER})
    listener, key = Listener(world), uuid4().hex
    media = dict.fromkeys(TYPES, "https://media.example.com/x.mp4")
    body = media | {"owner": "demo", "idempotency_key": key, "consent": CONSENT}
    listener.request(body)
    job_id = job_id_for_key("demo", key)
    until(lambda: _sleeps(world, job_id))
    post_success(world, job_id)
    listener.wait("Job Status Changed", job_id=job_id)
    world.ended(job_id)
    return job_id


DROPPED = 4
"""How many files an integration drops for one job."""


def dropped(recorded: Recorded) -> str:
    """Three files and a manifest in the inbox, in this order; the answer and the video in the outbox."""
    world = recorded.world
    world.behave(result="canned", seconds=0)
    world.teach({"/v1/inputs/": _LATER})
    inbox = Inbox(world)
    mark = recorded.mark()
    inbox.put_media()
    until(lambda: _noted(recorded, mark, "landed") == DROPPED - 1)
    inbox.write(inbox.request())
    [job_id] = until(inbox.jobs)
    until(lambda: _sleeps(world, job_id))
    _read_inputs(world, job_id)
    post_success(world, job_id)
    inbox.answer()
    world.ended(job_id)
    pk = {"pk": {"S": f"delivery#{job_id}"}}
    until(lambda: _item(world, pk).get("status") == {"S": "delivered"})
    until(lambda: _noted(recorded, mark, "callback"))
    return job_id


def _item(world: World, pk: dict[str, Any]) -> dict[str, Any]:
    answer = world.aws("dynamodb").get_item(TableName=world.stack.jobs_table, Key=pk)
    item: dict[str, Any] = answer.get("Item", {})
    return item


def _read_inputs(world: World, job_id: str) -> None:
    """Follow each link to an input once, as the provider does; with a canned result ours does not."""
    arn = world.stack.outputs["WebhookSecretArn"]
    secret = world.aws("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    for purpose in PURPOSES:
        extension = extensions(purpose)[TYPES[purpose]]
        token = input_token(secret, job_id, purpose)
        link = input_url(world.stack.api_url, job_id, token, purpose, extension)
        assert world.http.get(link, follow_redirects=True).content == _SAMPLES[purpose]


def _noted(recorded: Recorded, mark: int, kind: str) -> int:
    return sum(each.kind == kind for each in recorded.invocations(mark))


def _sleeps(world: World, job_id: str) -> bool:
    item = world.item(job_id) or {}
    return item.get("status") == {"S": "processing"} and item["change"] == {"S": "wait"}
