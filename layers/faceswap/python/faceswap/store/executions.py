"""The state machine's executions: one a job, started once, woken by task token."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from faceswap.ports.executions import ExecutionState

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient
    from types_boto3_stepfunctions.literals import ExecutionStatusType

_MOST_LISTED = 10_000
_ENDED_BADLY: "tuple[ExecutionStatusType, ...]" = ("FAILED", "TIMED_OUT", "ABORTED")
_NOBODY_SLEEPS = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


class ExecutionStore:
    """Executions of the one state machine."""

    def __init__(self, stepfunctions: "SFNClient", state_machine_arn: str) -> None:
        self._stepfunctions = stepfunctions
        self._state_machine_arn = state_machine_arn

    def start(self, job_id: str, number: int = 1) -> None:
        """Start the job's execution of this number; one that exists already is fine."""
        try:
            self._stepfunctions.start_execution(
                stateMachineArn=self._state_machine_arn,
                name=_name(job_id, number),
                input=json.dumps({"job_id": job_id}),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ExecutionAlreadyExists":
                raise

    def state(self, job_id: str, number: int = 1) -> ExecutionState:
        """What has become of the job's execution of this number."""
        executions = self._state_machine_arn.replace(":stateMachine:", ":execution:")
        arn = f"{executions}:{_name(job_id, number)}"
        try:
            answer = self._stepfunctions.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ExecutionDoesNotExist":
                raise
            return "never started"
        return "running" if answer["status"] == "RUNNING" else "ended"

    def dead(self, since: datetime) -> Iterator[str]:
        """The jobs of executions that have ended since then other than well, of 10,000 of each kind."""
        pages = self._stepfunctions.get_paginator("list_executions")
        for status in _ENDED_BADLY:
            for page in pages.paginate(
                stateMachineArn=self._state_machine_arn,
                statusFilter=status,
                PaginationConfig={"MaxItems": _MOST_LISTED, "PageSize": 1000},
            ):
                for execution in page["executions"]:
                    if execution.get("stopDate", since) >= since:
                        yield execution["name"].partition("-")[0]

    def wake(self, task_token: str | None) -> None:
        """Let the waiting state end; without a token, or if nobody sleeps on it any more, nothing happens."""
        if task_token is None:
            return
        try:
            self._stepfunctions.send_task_success(taskToken=task_token, output="{}")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _NOBODY_SLEEPS:
                raise


def _name(job_id: str, number: int) -> str:
    """The first execution has the job's own name, the next ones a number behind it."""
    return job_id if number == 1 else f"{job_id}-{number}"
