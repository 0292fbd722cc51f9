"""Lives of one job, as clients and the provider bring them about, each with one point at which a process dies."""

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from faceswap.rules import ids
from faceswap.rules.callbacks import LONGEST_TRY
from faceswap.rules.times import to_text
from tests.support.crashes.plans import Plan, Point
from tests.support.deadlines import pass_deadline
from tests.support.held import Held
from tests.support.inbox import Inbox
from tests.support.receiver import receiver
from tests.support.retrying import retrying
from tests.support.until import until
from tests.support.webhooks import token_of
from tests.support.world import CONSENT, FINAL, TYPES, VIDEO, World

_SECONDS = 600
_OWNER = "demo"
_LONG_AGO = "2000-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class End:
    """What became of a job: as its owner saw it last, and what it left behind."""

    status: str
    error: str | None
    submits: int
    orphans: int
    happened: bool

    def __str__(self) -> str:
        error = f" ({self.error})" if self.error else ""
        return f"{self.status + error:<32} {self.submits:>7} {self.orphans:>7}"


class Life:
    """One job, known to the functions by its plan."""

    def __init__(self, world: World, folder: Path, name: str, point: Point | None = None) -> None:
        self.world = world
        self.plan = Plan(folder, name, point)
        self.job_id = ids.job_id_for_key(_OWNER, name)
        self._name = name
        self.plan.watch(name, self.job_id)

    def whole(self) -> End:
        """An upload that lands late; then whatever the provider does, and the result."""
        upload = self._reserve()
        self._create(self._addresses | {"init_video": upload["source"]})
        send = partial(self._send, upload)
        if self.plan.holds:
            self.hold(lambda: (send(), until(self._is_told)))
        else:
            until(lambda: self._waits("awaiting_upload"))
            # While nothing has landed, the bucket is asked for certain.
            self._ask("GET", f"/v1/uploads/{upload['upload_id']}")
            send()
        end = self.final()
        if end.status == "succeeded":
            self._ask("GET", f"/v1/jobs/{self.job_id}/result")
        return self.final()

    def leave(self) -> None:
        """From now on it is of an owner who has no other job."""
        self.world = self.world.as_owner(self._name)
        self.job_id = ids.job_id_for_key(self._name, self._name)
        self.plan.watch(self.job_id)

    def short(self) -> None:
        """A job that needs no uploads."""
        self._create(self._addresses)

    def sleep(self) -> None:
        """A job that sleeps, as its upload never comes."""
        self._create(self._addresses | {"init_video": self._reserve()["source"]})
        until(lambda: self._waits("awaiting_upload"))

    def listed(self) -> End:
        """A job that its owner sees in the list of all."""
        self.short()
        self._ask("GET", "/v1/jobs?limit=1")
        return self.final()

    def declared(self) -> End:
        """A job whose upload came with its checksum."""
        digest = base64.b64encode(hashlib.sha256(VIDEO).digest()).decode()
        upload = self._reserve(sha256=digest)
        self._send(upload)
        until(lambda: self._has_landed(upload) or self.plan.is_done)
        self._create(self._addresses | {"init_video": upload["source"]})
        return self.final()

    def _has_landed(self, upload: dict[str, Any]) -> bool:
        """Whether the upload's record says so; it never does by an event whose function died."""
        return "landed" in (self.world.upload_item(upload["upload_id"]) or {})

    def given_up(self) -> End:
        """An upload that its owner gives up, and a job that does without."""
        upload = self._reserve()
        self._send(upload)
        until(lambda: self._has_landed(upload) or self.plan.is_done)
        path = f"/v1/uploads/{upload['upload_id']}"
        answer = retrying(lambda: self.world.call("DELETE", path, headers=self._headers))
        assert answer.status_code == 204, answer.text
        assert self.world.call("GET", path).status_code == 404
        prefix = f"uploads/{upload['upload_id']}"
        listed = self.world.aws("s3").list_objects_v2(
            Bucket=self.world.stack.media_bucket, Prefix=prefix
        )
        assert "Contents" not in listed
        self.short()
        return self.final()

    def told(self) -> End:
        """Its owner, who has no other job, named an address, where its end is told; the same each time."""
        self.leave()
        with receiver() as there:
            self._create(self._addresses, callback={"url": there.url(self._name)})
            self._until_delivered()
            posts = there.of(self._name)
        assert len({(post.headers["webhook-id"], post.body) for post in posts}) == 1
        return self.final()

    def by_key(self) -> End:
        """Asked for by the vendor's contract by an owner who has no other job, and told as the vendor's webhook."""
        self.world = self.world.as_owner(self._name)
        self.job_id = ids.job_id_for_number(self._name, ids.number_for_key(self._name, self._name))
        self.plan.watch(self.job_id)
        request = {"name": self._name, "consent": CONSENT}
        made = self._ask("POST", "/v1/keys", json=request)
        with receiver() as there:
            body = self._addresses | {"webhook": there.url(self._name), "track_id": 900001}
            told = self._vendor("specific_video_swap", made["key"], body)
            fetch = f"fetch/{told['id']}"
            assert self._vendor(fetch, made["key"])["id"] == told["id"]
            self._until_delivered()
            posts = there.of(self._name)
        assert len({(post.headers["webhook-id"], post.body) for post in posts}) == 1
        self.final()
        assert self._vendor(fetch, made["key"])["status"] == "success"
        # A key whose request died after its write is listed, too.
        for each in self._ask("GET", "/v1/keys")["items"]:
            self._revoke(f"/v1/keys/{each['key_id']}")
        assert self._ask("GET", "/v1/keys") == {"items": []}
        assert self._vendor(fetch, made["key"])["message"] == "Invalid API key"
        return self.final()

    def _revoke(self, path: str) -> None:
        answer = retrying(lambda: self.world.call("DELETE", path, headers=self._headers))
        assert answer.status_code in {204, 404}, answer.text

    def _vendor(self, path: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"idempotency-key": self._name} if body else {}
        return self._ask(
            "POST", f"/api/v6/faceswap/{path}", headers=headers, json={"key": key} | (body or {})
        )

    def requested(self) -> End:
        """Asked for by an event, which comes again if its function died."""
        media = dict.fromkeys(TYPES, f"https://media.example.com/{self._name}.mp4")
        detail = media | {"owner": _OWNER, "idempotency_key": self._name, "consent": CONSENT}
        entry = {
            "EventBusName": self.world.stack.bus_name,
            "Source": "shop",
            "DetailType": "Job Requested",
            "Detail": json.dumps(detail),
        }
        self._until_made(lambda: self.world.aws("events").put_events(Entries=[entry]))
        return self.final()

    def dropped(self) -> End:
        """Asked for by a manifest of an owner who has no other job; its event comes again if its function died."""
        self.leave()
        inbox = Inbox(self.world, owner=self._name, folder=self._name)
        inbox.put_media()
        self._until_made(lambda: inbox.write(inbox.request(idempotency_key=self._name)))
        self._until_delivered()
        end = self.final()
        assert inbox.answer()["job"]["job_id"] == self.job_id
        assert (inbox.video() == VIDEO) == (end.status == "succeeded")
        return end

    def _until_made(self, ask: Callable[[], object]) -> None:
        """Ask for the job, and once more whenever somebody died before it was made."""
        ask()

        def is_made() -> bool:
            if self.world.item(self.job_id):
                return True
            if self.plan.is_done:
                ask()
            return False

        until(is_made, seconds=_SECONDS, every=1.0)

    def _until_delivered(self) -> None:
        """Wait until the receiver has its callback; the half minute of a try that died passes at once."""
        until(lambda: self._is_delivered() or self._passes_try(), seconds=_SECONDS, every=0.25)

    def _passes_try(self) -> bool:
        """False; a try that began before somebody died is over, and may be taken over."""
        if not self.plan.is_done:
            return False
        table = self.world.aws("dynamodb")
        with suppress(table.exceptions.ConditionalCheckFailedException):
            table.update_item(
                TableName=self.world.stack.jobs_table,
                Key=self._delivery,
                UpdateExpression="SET busy_until = :past",
                ConditionExpression="busy_until <= :died",
                ExpressionAttributeValues={
                    ":past": {"S": _LONG_AGO},
                    ":died": {"S": to_text(self.plan.done_at + LONGEST_TRY)},
                },
            )
        return False

    @property
    def _delivery(self) -> dict[str, Any]:
        return {"pk": {"S": f"delivery#{self.job_id}"}}

    def _is_delivered(self) -> bool:
        """Whether the receiver has its callback, as we know it."""
        item = self.world.aws("dynamodb").get_item(
            TableName=self.world.stack.jobs_table, Key=self._delivery, ConsistentRead=True
        )
        return bool(item.get("Item", {}).get("status") == {"S": "delivered"})

    def told_late(self) -> End:
        """Cancelled and closed, and only then the provider tells of its success."""
        self.short()
        self.cancel()
        self.succeed()
        assert self.is_told_late()
        return self.final()

    def succeed(self) -> None:
        """The provider's webhook, posted again as long as somebody dies of it."""
        number = self.world.at_provider(self.job_id).get("id", 4711)
        link = f"{self.world.stack.provider_url}/files/{number}.mp4"
        told = {"status": "success", "id": number, "track_id": ids.track_id(self.job_id)}
        path = f"/v1/webhooks/modelslab/{self.job_id}/{token_of(self.world, self.job_id)}"
        body = told | {"output": [link]}
        retrying(lambda: self.world.call("POST", path, token="", json=body))

    def cancelled(self) -> End:
        """Cancelled while it sleeps, so that nobody else moves it at that moment."""
        self.sleep()
        return self.cancel()

    def works(self) -> None:
        """Wait until the provider has it, and its execution sleeps."""
        until(lambda: self._waits("processing") or self.plan.is_done, seconds=_SECONDS)

    def cancel(self) -> End:
        """Its owner cancels it; it may be over already."""
        self.ask_to_cancel()
        return self.final()

    def ask_to_cancel(self) -> None:
        """The owner's request only."""
        answer = self._ask("POST", f"/v1/jobs/{self.job_id}/cancel")
        assert answer["status"] in FINAL or answer["status"] == 409, answer

    def deleted(self) -> End:
        """Deleted after its end; what its owner saw before, and what is left after."""
        end = self.whole()
        return self.delete(end)

    def delete(self, end: End) -> End:
        """Its owner deletes it, after this end."""
        path = f"/v1/jobs/{self.job_id}"
        answer = retrying(lambda: self.world.call("DELETE", path, headers=self._headers))
        assert answer.status_code in {204, 404}, answer.text
        assert self.world.call("GET", path).status_code == 404
        item = self.world.item(self.job_id)
        assert item is not None
        assert item["media"] == {"M": {}}
        return End(end.status, end.error, end.submits, len(self._copies()), self.plan.is_done)

    def stopped_in(self, point: Point | None, held: Held) -> End:
        """Its execution is stopped, at a point or in its sleep, and nobody is told; the sweep ends it."""
        held.take(self._name)
        self.short()
        if point:
            self.hold(self._stop, dies=point.when == "before")
        else:
            until(lambda: self._waits("processing"), seconds=_SECONDS)
            self._stop()
        held.let_go(self._name)
        if point and point.when == "before" and point.call.kind == "submit":
            self._pass_deadline()
        return self.swept()

    def hold(self, meanwhile: Callable[[], object], *, dies: bool = False) -> None:
        """Do something while the invocation stands at its point; then it goes on, or dies."""
        until(lambda: self.plan.is_done)
        meanwhile()
        self.plan.release(dies=dies)

    def _pass_deadline(self) -> None:
        """Let its deadline have passed already."""
        self.world.aws("dynamodb").update_item(
            TableName=self.world.stack.jobs_table,
            Key={"pk": {"S": f"job#{self.job_id}"}},
            UpdateExpression="SET deadline_at = :past",
            ExpressionAttributeValues={":past": {"S": _LONG_AGO}},
        )

    def swept(self) -> End:
        """Nobody but the sweep looks after it."""
        until(self._sweep, seconds=_SECONDS, every=1.0)
        return self.final()

    def collect(self) -> None:
        """One more Collect beside the execution's own."""
        self._invoke("collect", job_id=self.job_id)

    def final(self) -> End:
        """The job once it is over, and nobody looks after it any more."""
        until(self._is_closed_or_swept, seconds=_SECONDS, every=0.5)
        until(self._has_ended, seconds=_SECONDS, every=0.25)
        return self._end(self._job())

    def dispatched(self) -> End:
        """The job once it is over, where a minute passes each time that somebody looks: the schedule dispatches."""
        until(self._is_closed_or_dispatched, seconds=_SECONDS, every=0.5)
        return self.final()

    def _is_closed_or_dispatched(self) -> bool:
        if self._is_closed():
            return True
        dynamodb = self.world.aws("dynamodb")
        with suppress(dynamodb.exceptions.ConditionalCheckFailedException):
            dynamodb.update_item(
                TableName=self.world.stack.jobs_table,
                Key={"pk": {"S": "slots"}},
                UpdateExpression="SET handed.#job = :past",
                ConditionExpression="attribute_exists(handed.#job)",
                ExpressionAttributeNames={"#job": self.job_id},
                ExpressionAttributeValues={":past": {"S": _LONG_AGO}},
            )
        self._invoke("send_queued", "jobs", public_base_url=self.world.stack.api_url)
        return False

    def _end(self, job: dict[str, Any]) -> End:
        error = job["error"]["type"].rpartition("/")[2] if job["error"] else None
        result = 1 if job["result"] else 0
        submits = self.world.at_provider(self.job_id).get("submits", 0)
        orphans = len(self._copies()) - result
        return End(job["status"], error, submits, orphans, self.plan.is_done)

    def _sweep(self) -> bool:
        self._invoke("sweep", why=self._name)
        return self._is_closed()

    def _is_closed_or_swept(self) -> bool:
        """Whether it is closed; if somebody died and it sleeps, an hour passes for it, and the sweep comes."""
        if self._is_closed():
            return True
        if self.plan.is_done and self.status() in {"awaiting_upload", "queued", "cancelled"}:
            with suppress(self.world.aws("dynamodb").exceptions.ConditionalCheckFailedException):
                self.world.aws("dynamodb").update_item(
                    TableName=self.world.stack.jobs_table,
                    Key={"pk": {"S": f"job#{self.job_id}"}},
                    UpdateExpression="SET due_at = :past",
                    ConditionExpression="attribute_exists(#open)",
                    ExpressionAttributeNames={"#open": "open"},
                    ExpressionAttributeValues={":past": {"S": _LONG_AGO}},
                )
            self._invoke("sweep")
        return False

    def _invoke(self, task: str, function_name: str = "results", **more: str) -> None:
        function = self.world.stack.functions[function_name]
        event = json.dumps({"task": task} | more).encode()
        self.world.aws("lambda").invoke(FunctionName=function, Payload=event)

    def _is_closed(self) -> bool:
        """Whether nobody has anything left to do.

        The deadline of a job that was never sent, and waits for word of that, passes at once.
        """
        item = self.world.item(self.job_id) or {}
        waits = item.get("change") == {"S": "wait"} and "submitted_at" in item
        if waits and "closed_at" not in item and not self.world.at_provider(self.job_id):
            pass_deadline(self.world, self.job_id)
        return "closed_at" in item

    def status(self) -> str:
        """The job's status; empty before it is there."""
        item = self.world.item(self.job_id)
        return str(item["status"]["S"]) if item else ""

    def is_sent(self) -> bool:
        """Whether the provider has it, or somebody died, maybe before that."""
        return bool(self.world.at_provider(self.job_id)) or self.plan.is_done

    def is_in_line(self) -> bool:
        """Whether it is known to wait for room, or has had some."""
        item = self.world.item(self.job_id) or {}
        return "queue_tag" in item or self.status() not in {"", "queued"}

    def is_told_late(self) -> bool:
        """Whether a success came after its end."""
        item = self.world.item(self.job_id) or {}
        return bool(item.get("late_successes", {"N": "0"}) != {"N": "0"})

    def _is_told(self) -> bool:
        """Whether somebody has counted a reason to look."""
        item = self.world.item(self.job_id) or {}
        return bool(item) and item["wakeup_count"] != {"N": "0"}

    def _waits(self, status: str) -> bool:
        """Whether its execution sleeps, and nothing has happened since."""
        item = self.world.item(self.job_id) or {}
        return item.get("status") == {"S": status} and item["change"] == {"S": "wait"}

    def _stop(self) -> None:
        """Stop the execution; one that was faster stays as it ended."""
        executions = self.world.aws("stepfunctions")
        with suppress(executions.exceptions.ValidationException):
            executions.stop_execution(executionArn=self._execution)

    def _has_ended(self) -> bool:
        """Whether its execution began and is over."""
        executions = self.world.aws("stepfunctions")
        try:
            answer = executions.describe_execution(executionArn=self._execution)
        except executions.exceptions.ExecutionDoesNotExist:
            return False
        status: str = answer["status"]
        return status != "RUNNING"

    @property
    def _execution(self) -> str:
        arn = self.world.stack.state_machine_arn or ""
        return f"{arn.replace(':stateMachine:', ':execution:')}:{self.job_id}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"user-agent": self._name}

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        headers = self._headers | content.pop("headers", {})
        answer = retrying(lambda: self.world.call(method, path, headers=headers, **content))
        told: dict[str, Any] = answer.json()
        return told

    @property
    def _addresses(self) -> dict[str, str]:
        return dict.fromkeys(TYPES, f"https://media.example.com/{self._name}.mp4")

    def _reserve(self, **more: str) -> dict[str, Any]:
        body = {"purpose": "init_video", "content_type": "video/mp4", "size": len(VIDEO)} | more
        reserved = self._ask("POST", "/v1/uploads", json=body)
        self.plan.watch(reserved["upload_id"])
        return reserved

    def _send(self, reserved: dict[str, Any]) -> None:
        assert self.world.send(reserved, VIDEO).status_code == 200

    def _create(self, media: dict[str, str], **more: Any) -> None:
        key = {"idempotency-key": self._name}
        body = media | {"consent": CONSENT} | more
        job = self._ask("POST", "/v1/jobs", json=body, headers=key)
        assert job["job_id"] == self.job_id, job

    def _job(self) -> dict[str, Any]:
        return self._ask("GET", f"/v1/jobs/{self.job_id}")

    def _copies(self) -> list[str]:
        listed = self.world.aws("s3").list_objects_v2(
            Bucket=self.world.stack.media_bucket, Prefix=f"results/{self.job_id}/"
        )
        return [entry["Key"] for entry in listed.get("Contents", [])]


def life_of(kind: str) -> Callable[[Life], End]:
    """The life in which invocations of this kind are made."""
    lives = {
        "DELETE /v1/jobs/{job_id}": Life.deleted,
        "POST /v1/jobs/{job_id}/cancel": Life.cancelled,
    }
    return lives.get(kind, Life.whole)
