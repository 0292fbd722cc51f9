"""`python -m local.budget STACK AMOUNT`: lets a deployed stack spend so much today (UTC), and send what waits for it.

It takes the credentials and the region of the environment, as the AWS CLI does. Tomorrow `DailyBudget` counts again.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from faceswap.store.budget import BudgetStore

Client = Callable[[str], Any]
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,5})?")


class BudgetError(Exception):
    """Why the budget could not be raised."""


def raise_budget(stack: str, amount: Decimal, client: Client, now: datetime) -> str:
    """Let the stack spend so much in all on the UTC day of now. Returns what is to be told.

    Raises:
        BudgetError: the stack has no budget.
    """
    formation = client("cloudformation")
    described = formation.describe_stacks(StackName=stack)["Stacks"][0]
    given = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    daily = Decimal(given["DailyBudget"])
    if not daily or not Decimal(given["PricePerJob"]):
        raise BudgetError(f"{stack} has no budget: deploy it with PricePerJob and DailyBudget.")

    def named(logical: str) -> str:
        # Each by itself: the list of all ends with the hundredth.
        found = formation.describe_stack_resource(StackName=stack, LogicalResourceId=logical)
        name: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return name

    budgets = BudgetStore(client("dynamodb"), named("JobsTable"))
    currency = given["PriceCurrency"]
    after = budgets.raise_by(now.astimezone(UTC).date(), currency, amount - daily)
    # The sweep sends on what waits for the budget.
    client("lambda").invoke(
        FunctionName=named("ResultsFunction"),
        Qualifier="live",
        InvocationType="Event",
        Payload=json.dumps({"task": "sweep"}).encode(),
    )
    return f"{stack} may spend {amount} {currency} today; {after.reserved} are reserved."


def _amount(text: str) -> Decimal:
    """An amount, written as `DailyBudget` is."""
    if not _AMOUNT.fullmatch(text):
        told = "is no amount such as 25.50, with at most 9 digits before the point and 5 behind it"
        raise argparse.ArgumentTypeError(f"{text[:40]!r} {told}")
    return Decimal(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    import boto3

    parser = argparse.ArgumentParser(prog="local.budget", description=__doc__)
    parser.add_argument("stack", help="its name in CloudFormation")
    parser.add_argument("amount", type=_amount, help="what it may spend today in all")
    given = parser.parse_args(arguments)
    try:
        print(raise_budget(given.stack, given.amount, boto3.client, datetime.now(UTC)))
    except (BudgetError, BotoCoreError, ClientError) as error:
        print(f"budget: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
