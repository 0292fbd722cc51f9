"""The state machine's executions: one a job, started once, woken by task token."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from faceswap.ports import ExecutionState

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

_NOBODY_SLEEPS = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


class ExecutionStore:
    """Executions of the one state machine."""

    def __init__(self, stepfunctions: "SFNClient", state_machine_arn: str) -> None:
        self._stepfunctions = stepfunctions
        self._state_machine_arn = state_machine_arn

    def start(self, job_id: str) -> None:
        """Start the job's execution; one that exists already is fine."""
        try:
            self._stepfunctions.start_execution(
                stateMachineArn=self._state_machine_arn,
                name=job_id,
                input=json.dumps({"job_id": job_id}),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ExecutionAlreadyExists":
                raise

    def state(self, job_id: str) -> ExecutionState:
        """What has become of the job's execution."""
        arn = self._state_machine_arn.replace(":stateMachine:", ":execution:") + f":{job_id}"
        try:
            answer = self._stepfunctions.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ExecutionDoesNotExist":
                raise
            return "never started"
        return "running" if answer["status"] == "RUNNING" else "ended"

    def wake(self, task_token: str | None) -> None:
        """Let the waiting state end; without a token, or if nobody sleeps on it any more, nothing happens."""
        if task_token is None:
            return
        try:
            self._stepfunctions.send_task_success(taskToken=task_token, output="{}")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _NOBODY_SLEEPS:
                raise
