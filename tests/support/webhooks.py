"""Jobs that wait for a webhook, and how one is posted when the test wants it."""

from faceswap.rules.ids import track_id
from faceswap.rules.links import webhook_token
from tests.support.until import until
from tests.support.world import World


def token_of(world: World, job_id: str) -> str:
    """The token of the job's webhook."""
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["WebhookSecretArn"]
    )
    return webhook_token(secret["SecretString"], job_id)


def processing(world: World) -> str:
    """The id of a job that sleeps while the provider is done with it and tells nobody.

    Where polls come late it stays so until something wakes it.
    """
    world.behave(result="canned", webhook="withheld", seconds=0.0)
    job_id: str = world.create()["job_id"]
    until(lambda: sleeps(world, job_id))
    return job_id


def sleeps(world: World, job_id: str) -> bool:
    """Whether the job's execution waits, and has seen all that came."""
    item = world.item(job_id) or {"status": {}}
    return item["status"] == {"S": "processing"} and "task_token" in item


def post_success(world: World, job_id: str) -> None:
    """Post what the provider posts when it is done with the job; the result lies there already."""
    number = world.at_provider(job_id)["id"]
    told = {"status": "success", "generationTime": 0.1, "id": number}
    told |= {"output": [f"{world.stack.provider_url}/files/{number}.mp4"]}
    told |= {"track_id": str(track_id(job_id))}
    path = f"/v1/webhooks/modelslab/{job_id}/{token_of(world, job_id)}"
    answer = world.call("POST", path, token="", json=told)
    assert answer.status_code == 200, answer.text
