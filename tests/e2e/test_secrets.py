"""No secret stays anywhere: not in a log, an item, an execution's history or the provider's ledger."""

import re
from pathlib import Path

from faceswap.usecases.receive_webhook import webhook_token
from tests.support.logs import logged
from tests.support.world import World


def everywhere(world: World) -> dict[str, str]:
    """All that the stack has kept so far, of the jobs of every test before."""
    table = world.aws("dynamodb").get_paginator("scan").paginate(TableName=world.stack.jobs_table)
    executions = world.aws("stepfunctions")
    pages = executions.get_paginator("list_executions").paginate(
        stateMachineArn=world.stack.state_machine_arn
    )
    arns = [each["executionArn"] for page in pages for each in page["executions"]]
    histories = [
        str(executions.get_execution_history(executionArn=arn, maxResults=1000)["events"])
        for arn in arns
    ]
    items = "\n".join(str(item) for page in table for item in page["Items"])
    return {
        "logs": logged(world),
        "items": items,
        "histories": "\n".join(histories),
        "ledger": str(world.ledger()),
    }


def test_no_secret_stays_anywhere(world: World, work: Path) -> None:
    """Of whatever the tests before this one did with the stack."""
    world.final(world.create()["job_id"])
    secret = world.aws("secretsmanager").get_secret_value(
        SecretId=world.stack.outputs["WebhookSecretArn"]
    )["SecretString"]

    places = everywhere(world)

    jobs = set(re.findall(r"job_[a-z2-7]{26}", places["items"]))
    assert jobs
    hidden = {
        "provider key": (work / "provider.key").read_text().strip(),
        "webhook secret": secret,
        "signature": "X-Amz-Signature",
        "token of a caller": world.stack.token.rpartition(".")[2],
        "token of another": world.stack.other_token.rpartition(".")[2],
    } | {f"webhook token of {job_id}": webhook_token(secret, job_id) for job_id in jobs}
    found = [
        (place, name)
        for place, text in places.items()
        for name, value in hidden.items()
        if value in text
    ]
    assert found == []


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
