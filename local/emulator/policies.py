"""Policies that the emulator judges otherwise than AWS."""

from local.emulator.references import Json

_TASK_ANSWERS = "states:SendTask"


_UNKNOWN_CONDITIONS = {"aws:SecureTransport", "s3:if-none-match"}
"""What there is plain HTTP only for, and what the emulator does not tell its judge of a request."""


def without_unknown_denials(resource: Json) -> Json | None:
    """A bucket policy without the statements that would deny everything here.

    None if nothing is left of it.
    """
    document = resource["Properties"]["PolicyDocument"]
    kept = [each for each in document["Statement"] if not _denies_for_the_unknown(each)]
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


def _denies_for_the_unknown(statement: Json) -> bool:
    conditions = statement.get("Condition", {}).values()
    asked = {key for condition in conditions for key in condition}
    return statement["Effect"] == "Deny" and not _UNKNOWN_CONDITIONS.isdisjoint(asked)
