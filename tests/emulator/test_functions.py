"""Functions on the emulator: their environment, their errors, and the permissions of their role."""

from tests.support.sampled import SAMPLE, Sampled


def test_a_function_sees_its_own_world_only(sampled: Sampled) -> None:
    error, world = sampled.invoke(probe="world")

    variables = world["environment"]
    assert error is None
    assert world["parent"] == sampled.stack.pids["fork_server"]
    assert world["layer"] == "from the layer"
    assert world["server_packages"] == []
    assert world["directory"] == str(SAMPLE.parent / "function")
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["AWS_LAMBDA_LOG_LEVEL"] == "WARN"
    assert variables["_HANDLER"] == "sample_app.handler"
    assert not variables.keys() & {"AUTH", "BIND_HOST", "GATEWAY_PORT", "SFN_WAIT_SCALE"}


def test_a_ref_of_a_secret_is_its_arn(sampled: Sampled) -> None:
    _, world = sampled.invoke(probe="world")

    arn = world["environment"]["SECRET_ARN"]
    secret = sampled.stack.client("secretsmanager").get_secret_value(SecretId=arn)
    assert arn.startswith("arn:aws:secretsmanager:")
    assert arn == sampled.stack.outputs["ProviderKeySecretArn"]
    assert secret["SecretString"] == (sampled.work / "provider.key").read_text().strip()


def test_an_error_keeps_its_name_and_the_function_lives_on(sampled: Sampled) -> None:
    error, payload = sampled.invoke(probe="busy", tries=0, busy=1)

    assert error == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("BusyError", "not yet")
    assert sampled.invoke(probe="busy", tries=1, busy=1) == (None, "done")


def test_a_role_may_do_only_what_its_policies_say(sampled: Sampled) -> None:
    assert sampled.invoke(probe="forbidden") == (None, "AccessDenied")
