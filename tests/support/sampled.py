"""The running sample as tests use it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.identity import mint
from local.stack import AUDIENCE, Stack

SAMPLE = Path(__file__).resolve().parents[1] / "emulator" / "sample" / "template.yaml"
NO_PROVIDER = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Sampled:
    stack: Stack
    work: Path
    http: httpx.Client

    def bearer(
        self,
        scope: str = "jobs.read jobs.write",
        *,
        lifetime_seconds: int = 3600,
        claims: Mapping[str, object] | None = None,
    ) -> dict[str, str]:
        token = mint(
            self.work,
            self.stack.identity_url,
            sub="ann",
            scope=scope,
            audience=AUDIENCE,
            lifetime_seconds=lifetime_seconds,
            **(claims or {}),
        )
        return {"authorization": f"Bearer {token}"}

    def invoke(self, **event: object) -> tuple[str | None, Any]:
        """The function error, if any, and the payload."""
        answer = self.stack.client("lambda").invoke(
            FunctionName=self.stack.functions["jobs"], Payload=json.dumps(event)
        )
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def put(self, key: str, **strings: str) -> None:
        item = {name: {"S": value} for name, value in {"pk": key, **strings}.items()}
        self.stack.client("dynamodb").put_item(TableName=self.stack.jobs_table, Item=item)

    def item(self, key: str) -> dict[str, Any] | None:
        answer = self.stack.client("dynamodb").get_item(
            TableName=self.stack.jobs_table, Key={"pk": {"S": key}}
        )
        found: dict[str, Any] | None = answer.get("Item")
        return found
