"""The two lives of a job whose calls are counted, each lived by its owner as an app does."""

from typing import Any

from tests.support.recorded import Recorded
from tests.support.until import until
from tests.support.world import CONSENT, PNG, VIDEO, World

_STILL = '{"status":"processing","output":"","message":"try again later."}'
_LOST: dict[str, Any] = {"fetch": {"body": _STILL, "times": 1}, "webhook": {"posts": []}}
_SAMPLES = {"init_video": VIDEO, "init_image": PNG, "reference_image": PNG}
_SECONDS = 40.0


def warm_up(recorded: Recorded) -> None:
    """One of each, so that processes run, secrets are known, and the item of the slots is there."""
    live(recorded, webhook=True)
    live(recorded, webhook=False)


def live(recorded: Recorded, *, webhook: bool) -> str:
    """Three uploads, a job, two reads and the result; the job's id. Without `webhook` two looks end it."""
    world = recorded.world
    world.behave(result="canned", seconds=1.5)
    mark = recorded.mark()
    reserved = {purpose: world.reserve(purpose, data) for purpose, data in _SAMPLES.items()}
    world.teach({} if webhook else {reserved["init_video"]["upload_id"]: _LOST})
    for purpose, form in reserved.items():
        assert world.send(form, _SAMPLES[purpose]).status_code == 204
    until(lambda: _noted(recorded, mark, "landed") == len(_SAMPLES))
    sources = {purpose: form["source"] for purpose, form in reserved.items()}
    job_id = str(world.create(sources | {"consent": CONSENT})["job_id"])
    until(lambda: _sleeps(world, job_id))
    assert world.job(job_id)["status"] == "processing"
    until(lambda: (world.item(job_id) or {})["status"] == {"S": "succeeded"}, seconds=_SECONDS)
    world.ended(job_id)
    assert world.job(job_id)["status"] == "succeeded"
    link = world.call("GET", f"/v1/jobs/{job_id}/result").json()["url"]
    assert world.http.get(link).content == VIDEO
    return job_id


def _noted(recorded: Recorded, mark: int, kind: str) -> int:
    return sum(each.kind == kind for each in recorded.invocations(mark))


def _sleeps(world: World, job_id: str) -> bool:
    item = world.item(job_id) or {}
    return item.get("status") == {"S": "processing"} and item["change"] == {"S": "wait"}
