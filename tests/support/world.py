"""The running stack as tests see it: its API as a client, its table, bucket and provider as an operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from faceswap.rules.ids import job_id_for_key
from local.demo import records
from local.identity import mint
from local.stack import Stack
from local.stack.bring_up import AUDIENCE, SCOPES
from tests.support import boxes
from tests.support.pictures import png
from tests.support.retrying import retrying
from tests.support.until import until

FINAL = {"succeeded", "failed", "cancelled"}
VIDEO, PNG = boxes.VIDEO, png(64, 64)
TYPES = {"init_video": "video/mp4", "init_image": "image/png", "reference_image": "image/png"}
CONSENT = {"attested": True, "statement": "The people shown agreed."}


@dataclass
class World:
    """One stack, and shortcuts to what tests do with it."""

    stack: Stack
    work: Path | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def http(self) -> httpx.Client:
        """An HTTP client without anybody's token."""
        return httpx.Client(timeout=120, trust_env=False)

    def aws(self, service: str) -> Any:
        """A client of one AWS service, with all rights."""
        if service not in self._clients:
            self._clients[service] = self.stack.client(service)
        return self._clients[service]

    def close(self) -> None:
        """Close every connection."""
        self.http.close()
        for client in self._clients.values():
            client.close()

    def as_owner(self, name: str) -> "World":
        """The same stack, used by another owner over the same connections, which are closed with this world."""
        assert self.work, "the stack's folder is not known here"
        issuer = self.stack.identity_url
        token = mint(self.work, issuer, sub=name, scope=SCOPES, audience=AUDIENCE)
        other = World(replace(self.stack, token=token), self.work, self._clients)
        other.http = self.http
        return other

    # As a client does it.

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """One request to the API, as the first owner unless a token is given; empty means none."""
        token = self.stack.token if token is None else token
        sent = {"authorization": f"Bearer {token}"} if token else {}
        url = self.stack.api_url + path
        return self.http.request(method, url, headers=sent | dict(headers or {}), **content)

    def reserve(self, purpose: str, data: bytes, **more: Any) -> dict[str, Any]:
        """Reserve an upload of these bytes."""
        token = more.pop("token", None)
        body = {"purpose": purpose, "content_type": TYPES[purpose], "size": len(data), **more}
        answer = self.call("POST", "/v1/uploads", json=body, token=token)
        assert answer.status_code == 201, answer.text
        reserved: dict[str, Any] = answer.json()
        return reserved

    def send(
        self, reserved: Mapping[str, Any], data: bytes, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send the bytes of a reserved upload, with changed headers if given."""
        sent = reserved["headers"] | dict(headers or {})
        return self.http.put(reserved["url"], headers=sent, content=data)

    def upload(self, purpose: str, data: bytes, **more: Any) -> str:
        """Reserve and send; the source for a job."""
        reserved = self.reserve(purpose, data, **more)
        answer = self.send(reserved, data)
        assert answer.status_code == 200, answer.text
        source: str = reserved["source"]
        return source

    def request(self, **changes: Any) -> dict[str, Any]:
        """A job request whose media are uploads that have landed, with changes; None leaves a field out."""
        body = {p: changes.pop(p, None) or self.upload(p, _sample(p)) for p in TYPES}
        body |= {"consent": CONSENT} | changes
        return {name: value for name, value in body.items() if value is not None}

    def create(self, body: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Create a job, and read it as it is."""
        answer = self.call("POST", "/v1/jobs", json=body or self.request(), **options)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def make_key(self) -> dict[str, Any]:
        """A new key for the vendor's contract, with its secret."""
        answer = self.call("POST", "/v1/keys", json={"name": "tests", "consent": CONSENT})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def vendor(self, path: str, key: str, **body: Any) -> dict[str, Any]:
        """What the vendor's contract answers to a key."""
        path = f"/api/v6/faceswap/{path}"
        answer = self.call("POST", path, token="", json={"key": key, **body})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def job(self, job_id: str) -> dict[str, Any]:
        """The job as its owner sees it."""
        answer = self.call("GET", f"/v1/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def final(self, job_id: str, seconds: float = 180.0) -> dict[str, Any]:
        """The job once it is over, as its owner sees it."""
        until(lambda: self._is_final(job_id), seconds=seconds)
        job = self.job(job_id)
        assert job["status"] in FINAL, job
        return job

    def _is_final(self, job_id: str) -> bool:
        item = self.item(job_id)
        return item is not None and item["status"]["S"] in FINAL

    # As an operator does it.

    def item(self, job_id: str) -> dict[str, Any] | None:
        """The job's item as DynamoDB shows it."""
        return self._item(f"job#{job_id}")

    def upload_item(self, upload_id: str) -> dict[str, Any] | None:
        """The upload's item as DynamoDB shows it."""
        return self._item(f"upload#{upload_id}")

    def slots(self) -> dict[str, Any] | None:
        """The item of the slots at the provider as DynamoDB shows it."""
        return self._item("slots")

    def _item(self, pk: str) -> dict[str, Any] | None:
        answer = self.aws("dynamodb").get_item(
            TableName=self.stack.jobs_table, Key={"pk": {"S": pk}}, ConsistentRead=True
        )
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def results(self, job_id: str = "") -> list[tuple[str, int]]:
        """Key and size of every result in the bucket, or of one job's."""
        pages = self.aws("s3").get_paginator("list_objects_v2")
        listed = pages.paginate(Bucket=self.stack.media_bucket, Prefix=f"results/{job_id}")
        found = [entry for page in listed for entry in page.get("Contents", [])]
        return [(entry["Key"], entry["Size"]) for entry in found]

    def items(self) -> int:
        """How many jobs and uploads the table holds; jobs of other tests may still go on."""
        table = self.aws("dynamodb").scan(
            TableName=self.stack.jobs_table,
            Select="COUNT",
            FilterExpression="pk <> :slots",
            ExpressionAttributeValues={":slots": {"S": "slots"}},
        )
        count: int = table["Count"]
        return count

    def scanned(self) -> list[dict[str, Any]]:
        """Every item of the table."""
        pages = self.aws("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.stack.jobs_table, ConsistentRead=True)
        return [item for page in found for item in page["Items"]]

    def running(self) -> list[str]:
        """The jobs whose executions have not ended."""
        pages = self.aws("stepfunctions").get_paginator("list_executions")
        arn = self.stack.outputs["StateMachineArn"]
        found = pages.paginate(stateMachineArn=arn, statusFilter="RUNNING")
        return [each["name"] for page in found for each in page["executions"]]

    def shorten_pauses(self, scale: float) -> None:
        """Let the state machine's plain waits (Pause, Retry) take this share of their time."""
        answer = self.http.post(
            f"{self.stack.aws_endpoint_url}/_ministack/config",
            json={"stepfunctions._SFN_WAIT_SCALE": scale},
        )
        assert answer.json()["applied"], answer.text

    def writes(self, job_id: str) -> list[dict[str, Any]]:
        """The stream's records of the job."""
        return records.writes(self.stack, self.aws, job_id)

    def all_writes(self) -> list[dict[str, Any]]:
        """Every record of the table's stream."""
        return records.all_writes(self.stack, self.aws)

    def steps(self, job_id: str) -> list[dict[str, Any]]:
        """The events of the job's execution; none before it begins."""
        try:
            return records.steps(self.stack, self.aws, job_id)
        except self.aws("stepfunctions").exceptions.ExecutionDoesNotExist:
            return []

    def ended(self, job_id: str) -> list[dict[str, Any]]:
        """The same, once the execution has ended."""
        return until(lambda: self.steps(job_id), holds=_has_ended)

    # The provider's control side.

    def behave(self, **behaviour: Any) -> None:
        """Tell the provider how to behave from now on."""
        answer = self.http.put(f"{self.stack.provider_control_url}/behaviour", json=behaviour)
        assert answer.is_success, answer.text

    def let_loose(self, **chaos: Any) -> None:
        """Let the provider misbehave by order or by chance from now on."""
        answer = self.http.put(f"{self.stack.provider_control_url}/chaos", json=chaos)
        assert answer.is_success, answer.text

    def misbehaved(self) -> dict[str, int]:
        """How often the provider did what, by order or by chance."""
        told: dict[str, int] = self.http.get(f"{self.stack.provider_control_url}/chaos").json()[
            "said"
        ]
        return told

    def teach(self, scripts: Mapping[str, Any]) -> None:
        """Give the provider scripts, each for the jobs whose video's address holds its name."""
        answer = self.http.put(f"{self.stack.provider_control_url}/scripts", json=scripts)
        assert answer.is_success, answer.text

    def create_with_script(
        self, script: Mapping[str, Any], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Create a job of the first owner whose provider keeps to a script of its own."""
        key = str(uuid4())
        self.teach({job_id_for_key("demo", key): script})
        return self.create(body, headers={"idempotency-key": key})

    def reset_provider(self) -> None:
        """Let the provider behave well again, take jobs again, and count from zero."""
        self.aws("dynamodb").update_item(
            TableName=self.stack.jobs_table,
            Key={"pk": {"S": "slots"}},
            UpdateExpression="REMOVE hold_until, refusals, refused, probe, probed_at",
        )
        for part in ("behaviour", "scripts", "chaos", "ledger"):
            assert self.http.delete(f"{self.stack.provider_control_url}/{part}").is_success

    def ledger(self) -> dict[str, Any]:
        """What the provider was asked."""
        url = f"{self.stack.provider_control_url}/ledger"
        # A kept connection may be closed by the server at the moment at which it is used again.
        told: dict[str, Any] = retrying(lambda: self.http.get(url)).json()
        return told

    def at_provider(self, job_id: str) -> dict[str, Any]:
        """What the provider counted for one of our jobs; empty if it never heard of it."""
        from faceswap.rules.ids import track_id

        jobs = self.ledger()["jobs"]
        return next((job for job in jobs if str(job["track_id"]) == str(track_id(job_id))), {})


def _sample(purpose: str) -> bytes:
    return VIDEO if purpose == "init_video" else PNG


def _has_ended(events: list[dict[str, Any]]) -> bool:
    return bool(events) and events[-1]["type"] == "ExecutionSucceeded"
