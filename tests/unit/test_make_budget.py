"""`make budget`: what may be given as an amount, and what is asked of AWS."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import budget


@pytest.mark.parametrize(
    "amount",
    ["1e400", "1e9", "1000000000", "0.000001", "-1", "NaN", "Infinity", "x", "", "1_0", "٣"],
)
def test_no_other_amount_is_taken_than_the_template_takes(
    amount: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "raise_budget", lambda *given: str(given))

    with pytest.raises(SystemExit) as ended:
        budget.main(["faceswap", f" {amount}"[not amount.startswith("-") :]])

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "is no amount such as 25.50" in told
    assert len(told) < 500


@pytest.mark.parametrize("amount", ["0", "25.50", "999999999.99999", "007"])
def test_an_amount_is_taken_to_the_digit(
    amount: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "raise_budget", lambda _stack, given, *_: f"it is {given}")

    assert budget.main(["faceswap", amount]) == 0
    assert float(amount) == float(capsys.readouterr().out.removeprefix("it is "))


class OfManyResources:
    """AWS with a stack of more resources than one answer lists: what is sought is none of the first hundred."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.invoked: list[str] = []

    def __call__(self, service: str) -> Any:
        assert service in {"cloudformation", "dynamodb", "lambda"}
        return self

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        given = {"DailyBudget": "5", "PricePerJob": "0.16", "PriceCurrency": "USD"}
        told = [{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()]
        return {"Stacks": [{"Parameters": told}]}

    def describe_stack_resources(self, **_: str) -> dict[str, Any]:
        names = [f"Alarm{number}" for number in range(100)]
        told = [{"LogicalResourceId": n, "PhysicalResourceId": n.lower()} for n in names]
        return {"StackResources": told}

    def describe_stack_resource(self, *, LogicalResourceId: str, **_: str) -> dict[str, Any]:  # noqa: N803
        return {"StackResourceDetail": {"PhysicalResourceId": f"the-{LogicalResourceId}"}}

    def get_item(self, **_: object) -> dict[str, Any]:
        return {}

    def update_item(self, **request: Any) -> None:
        self.written.append(request["TableName"])

    def invoke(self, **request: Any) -> None:
        self.invoked.append(request["FunctionName"])


def test_a_stack_of_more_than_a_hundred_resources_is_raised_too() -> None:
    aws = OfManyResources()

    budget.raise_budget("faceswap", Decimal(50), aws, datetime(2026, 1, 31, tzinfo=UTC))

    assert (aws.written, aws.invoked) == (["the-JobsTable"], ["the-ResultsFunction"])


def test_what_aws_refuses_is_told_in_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> str:
        message = "Stack with id faceswapp does not exist"
        raise ClientError(
            {"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks"
        )

    monkeypatch.setattr(budget, "raise_budget", refused)

    assert budget.main(["faceswapp", "50"]) == 2
    assert "Stack with id faceswapp does not exist" in capsys.readouterr().err
