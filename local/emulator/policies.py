"""Policies that the emulator judges otherwise than AWS."""

from collections.abc import Iterator

from local.emulator.references import Json

_TASK_ANSWERS = "states:SendTask"
_SEND, _SEND_BATCH = "sqs:SendMessage", "sqs:SendMessageBatch"


_UNKNOWN_CONDITIONS = {"aws:SecureTransport", "s3:if-none-match"}
"""What there is plain HTTP only for, and what the emulator does not tell its judge of a request."""


def without_unknown_denials(resource: Json) -> Json | None:
    """A policy of a bucket or a queue without the statements that would deny everything here.

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
    for statement, actions in _statements(role):
        if actions and all(action.startswith(_TASK_ANSWERS) for action in actions):
            statement["Resource"] = "*"


def allow_batches(role: Json) -> None:
    """Let a role send many messages at once, where it may send one: on AWS that is the same action."""
    for statement, actions in _statements(role):
        if _SEND in actions and statement["Effect"] == "Allow":
            statement["Action"] = [*actions, _SEND_BATCH]


def _statements(role: Json) -> Iterator[tuple[Json, list[str]]]:
    """Each statement of a role's policies, and its actions."""
    for policy in role["Properties"].get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement.get("Action", [])
            yield statement, [actions] if isinstance(actions, str) else list(actions)


def _denies_for_the_unknown(statement: Json) -> bool:
    conditions = statement.get("Condition", {}).values()
    asked = {key for condition in conditions for key in condition}
    return statement["Effect"] == "Deny" and not _UNKNOWN_CONDITIONS.isdisjoint(asked)
