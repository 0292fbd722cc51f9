"""Policies that the emulator judges otherwise than AWS."""

from local.emulator.references import Json

_TASK_ANSWERS = "states:SendTask"


def without_tls_demand(resource: Json) -> Json | None:
    """A bucket policy without the statements that deny plain HTTP, which is all there is here.

    None if nothing is left of it.
    """
    document = resource["Properties"]["PolicyDocument"]
    kept = [each for each in document["Statement"] if not _demands_tls(each)]
    if not kept:
        return None
    properties = resource["Properties"] | {"PolicyDocument": document | {"Statement": kept}}
    return resource | {"Properties": properties}


def free_task_answers(role: Json) -> None:
    """Let a role answer any task token, where it may answer some.

    AWS judges SendTaskSuccess by the state machine that the token belongs to; the emulator knows no
    resource for it and grants it on `*` only.
    """
    for policy in role["Properties"].get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement.get("Action", [])
            actions = [actions] if isinstance(actions, str) else actions
            if actions and all(str(action).startswith(_TASK_ANSWERS) for action in actions):
                statement["Resource"] = "*"


def _demands_tls(statement: Json) -> bool:
    conditions = statement.get("Condition", {}).get("Bool", {})
    return statement["Effect"] == "Deny" and "aws:SecureTransport" in conditions
