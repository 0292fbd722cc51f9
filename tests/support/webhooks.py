"""Jobs that wait for a webhook, and the token with which one is posted."""

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
