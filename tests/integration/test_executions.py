"""The state of an execution, as Step Functions tells it."""

from faceswap.store.executions import ExecutionStore
from tests.support.world import World


def test_the_state_of_an_execution_is_read_from_step_functions(world: World) -> None:
    executions = ExecutionStore(world.aws("stepfunctions"), world.stack.outputs["StateMachineArn"])
    job_id = "job_" + "q" * 26

    assert executions.state(job_id) == "never started"
    executions.start(job_id)
    assert executions.state(job_id) in {"running", "ended"}
    world.ended(job_id)
    assert executions.state(job_id) == "ended"
    assert executions.state(job_id, 2) == "never started"
    executions.start(job_id, 2)
    executions.start(job_id, 2)
    assert executions.state(job_id, 2) in {"running", "ended"}
