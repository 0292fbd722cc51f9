"""Run by a fresh interpreter, as `python -I usual_stack.py`: what our functions are compared with.

Imports and constructs what a function of this kind usually holds, and prints the seconds of processor time since the
process began. It answers nothing yet.
"""

import sys
import time

import boto3
import httpx
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from pydantic import BaseModel, Field, create_model


def main() -> None:
    """Construct all of it."""
    clients = [boto3.client(name) for name in ("s3", "dynamodb", "stepfunctions")]
    http = httpx.Client()
    tools = [
        Logger(),
        Metrics(namespace="usual"),
        Tracer(disabled=True),
        APIGatewayHttpResolver(enable_validation=True),
    ]
    models: list[type[BaseModel]] = [
        create_model(
            f"Model{number}",
            name=(str, Field(max_length=64)),
            size=(int, 0),
            url=(str | None, None),
        )
        for number in range(10)
    ]
    sys.stdout.write(f"{time.process_time()}\n")
    del clients, http, tools, models


if __name__ == "__main__":
    main()
