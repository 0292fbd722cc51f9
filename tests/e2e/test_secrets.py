"""No secret stays anywhere: not in a log, an item, an execution's history or the provider's ledger."""

from pathlib import Path

from faceswap.usecases.receive_webhook import webhook_token
from tests.support.logs import logged
from tests.support.world import World


def test_no_secret_stays_behind_a_job(world: World, work: Path) -> None:
    body = world.request(init_video="https://media.example.com/v.mp4?token=of-a-client")
    job_id = world.final(world.create(body)["job_id"])["job_id"]
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["WebhookSecretArn"]
    )

    logs = logged(world)
    places = {
        "log": logs,
        "item": str(world.item(job_id)),
        "history": str(world.ended(job_id)),
        "ledger": str(world.ledger()),
        "answer": str(world.job(job_id)),
    }

    assert job_id in logs
    hidden = {
        "provider key": (work / "provider.key").read_text().strip(),
        "webhook secret": secret["SecretString"],
        "webhook token": webhook_token(secret["SecretString"], job_id),
        "signature": "X-Amz-Signature",
        "token of a caller": world.stack.token.rpartition(".")[2],
        "query of a client": "of-a-client",
    }
    found = [
        (place, name)
        for place, text in places.items()
        for name, value in hidden.items()
        if value in text
    ]
    assert found == []
