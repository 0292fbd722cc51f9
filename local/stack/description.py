"""What a running stack tells its users: `stack.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local.emulator.aws import Client, client
from local.stack.files import write_atomically

FILE = "stack.json"


@dataclass(frozen=True)
class Stack:
    """A running stack. What does not exist is None.

    `api_url` ends before `/v1`; `token` and `other_token` belong to two owners with both scopes.
    """

    api_url: str
    web_url: str | None
    provider_url: str
    provider_control_url: str | None
    identity_url: str
    aws_endpoint_url: str
    region: str
    token: str
    other_token: str
    media_bucket: str | None
    jobs_table: str | None
    bus_name: str | None
    state_machine_arn: str | None
    functions: dict[str, str | None]
    outputs: dict[str, str]
    pids: dict[str, int]

    def client(self, service: str) -> Client:
        """A boto3 client of one AWS service of this stack, with the root credentials."""
        return client(service, self.aws_endpoint_url)

    def write(self, work: Path) -> None:
        """Write `stack.json` into a folder, in one step."""
        write_atomically(work / FILE, json.dumps(asdict(self), indent=1), mode=0o600)

    @classmethod
    def read(cls, work: Path) -> Self:
        """Read `stack.json` from a folder. Raises FileNotFoundError where no stack is up."""
        return cls(**json.loads((work / FILE).read_text()))
