"""No secret stays behind a job; `own_stack` asks the same of all that any test has done."""

from pathlib import Path

from tests.support.hidden import all_leaks, everywhere, leaks, secrets_of
from tests.support.world import World


def test_no_secret_stays_behind_a_job(world: World, work: Path) -> None:
    body = world.request(init_video="https://media.example.com/v.mp4?token=of-a-client")
    job_id = world.final(world.create(body)["job_id"])["job_id"]
    world.ended(job_id)

    places = everywhere(world) | {"answer": str(world.job(job_id))}

    assert all(job_id in places[place] for place in ("logs", "items", "histories", "answer"))
    hidden = secrets_of(world, work, places["items"]) | {"query of a client": "of-a-client"}
    # Only the owner sees the link to his own result.
    own = ("answer", f"token of the result of {job_id}")
    assert leaks(places, hidden) == [own]


def test_a_secret_would_be_found(world: World, work: Path) -> None:
    job_id = world.final(world.create()["job_id"])["job_id"]
    name = f"webhook token of {job_id}"
    key = {"pk": {"S": "left#behind"}}
    token = {"url": {"S": f"https://api.example/{secrets_of(world, work, job_id)[name]}"}}
    client = {"body": {"S": f'{{"key": "{world.make_key()["key"]}"}}'}}
    table, database = world.stack.jobs_table, world.aws("dynamodb")

    database.put_item(TableName=table, Item=key | token | client)
    try:
        assert all_leaks(world, work) == [("items", name), ("items", "a key")]
    finally:
        database.delete_item(TableName=table, Key=key)
