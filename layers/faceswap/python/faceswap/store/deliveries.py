"""Deliveries of callbacks by job: each try is counted by one conditional write before it and one after."""

from datetime import datetime
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, ConditionBase

from faceswap.ports.callbacks import Begun
from faceswap.ports.jobs import Position
from faceswap.rules.callbacks import (
    LONGEST_ASKED,
    MOST_TRIES_KEPT,
    CallbackMessage,
    Delivery,
    Outcome,
    Try,
)
from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import attributes, model_of, plain
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

_PREFIX = "delivery#"
_LISTED, _SINCE, _INDEX = "listed", "created_at", "owner_jobs"
"""What was given up stands in the index of owners' jobs, under a name that is nobody's, by when that was."""
_MOST_AT_ONCE = 100


class DeliveryStore:
    """Deliveries, in the jobs table; each is forgotten `keep_days` after its last try.

    What each method promises stands in `ports.Deliveries`.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str, keep_days: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keep_seconds = keep_days * 86_400

    def get(self, job_id: str) -> Delivery | None:
        """The delivery (consistent read); None before the first try."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": _PREFIX + job_id}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return model_of(Delivery, item) if item else None

    def begin(self, message: CallbackMessage, now: datetime, until: datetime) -> Begun:
        """Note that a try begins now and ends by `until`, if one is due by this message."""
        begun = self._begin_anew(message, now, until) if message.recovers else None
        begun = begun or self._begin(message, now, until)
        if begun:
            return Begun(begun, is_ours=True)
        return Begun(self.get(message.job_id), is_ours=False)

    def ask(self, message: CallbackMessage, now: datetime) -> bool:
        """Note that one more try, or round, is asked for."""
        name = "recovering_at" if message.recovers else "asked_at"
        asked = Attr(name)
        is_news: ConditionBase = asked.not_exists() | asked.lte(to_text(now - LONGEST_ASKED))
        if message.recovers:
            is_news = is_news & Attr("given_up_at").eq(to_text(message.recovers))
        noted = Update(is_news).set(name, to_text(now)).set_if_absent("status", "pending")
        noted.set("job_id", message.job_id).set("owner", message.owner)
        noted.set("version", message.version)
        noted.set("ttl", int(now.timestamp()) + self._keep_seconds)
        try:
            self._dynamodb.update_item(**noted.request(self._table, _PREFIX + message.job_id))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _begin_anew(
        self, message: CallbackMessage, now: datetime, until: datetime
    ) -> Delivery | None:
        """The first try of another round, if the delivery is still given up as the message says."""
        was_given_up = Attr("given_up_at").eq(to_text(message.recovers or now))
        begun = Update(Attr("status").eq("exhausted") & was_given_up & _is_free(now))
        begun.set("status", "pending").set("tries", 1)
        for name in ("given_up_at", "recovering_at", _LISTED, _SINCE):
            begun.remove(name)
        return self._write_beginning(begun, message, now, until)

    def _begin(self, message: CallbackMessage, now: datetime, until: datetime) -> Delivery | None:
        """The next try of the schedule; or one beside it, which is due whenever nobody is at it."""
        if message.again:
            beside = Update(_is_free(now)).set_if_absent("status", "pending")
            return self._write_beginning(beside, message, now, until)
        planned = Attr("next_at")
        is_its_time = planned.not_exists() | planned.lte(to_text(now))
        is_due = Attr("status").eq("pending") & _is_free(now) & is_its_time
        begun = Update(Attr("pk").not_exists() | is_due)
        begun.set("status", "pending").remove("next_at").add("tries", 1)
        return self._write_beginning(begun, message, now, until)

    def _write_beginning(
        self, begun: Update, message: CallbackMessage, now: datetime, until: datetime
    ) -> Delivery | None:
        begun.set("job_id", message.job_id).set("owner", message.owner)
        begun.set("version", message.version).set("busy_until", to_text(until))
        if message.public_base_url:
            begun.set("public_base_url", message.public_base_url)
        begun.set("ttl", int(now.timestamp()) + self._keep_seconds)
        try:
            answer = self._dynamodb.update_item(
                **begun.request(self._table, _PREFIX + message.job_id), ReturnValues="ALL_NEW"
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return model_of(Delivery, answer["Attributes"])

    def finish(self, delivery: Delivery, tried: Try, then: Outcome, at: datetime) -> bool:
        """Note what came of a try."""
        log = [*delivery.log, tried][-MOST_TRIES_KEPT:]
        is_ours = Attr("busy_until").eq(to_text(delivery.busy_until or at))
        done = Update(is_ours).set("status", then.status).remove("busy_until").remove("asked_at")
        done.set("log", [plain(each) for each in log])
        if then.wait is not None:
            done.set("next_at", to_text(at))
        if then.status == "exhausted" and delivery.status != "exhausted":
            done.set("given_up_at", to_text(at)).set(_SINCE, to_text(at))
            done.set(_LISTED, _given_up(delivery.owner))
        if then.status in {"delivered", "gone"}:
            for name in ("next_at", "given_up_at", _SINCE, _LISTED):
                done.remove(name)
        try:
            self._dynamodb.update_item(**done.request(self._table, _PREFIX + delivery.job_id))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def delete(self, job_id: str) -> None:
        """Forget a delivery."""
        self._dynamodb.delete_item(TableName=self._table, Key={"pk": {"S": _PREFIX + job_id}})

    def given_up(
        self, owner: str, limit: int, after: Position | None, since: datetime | None = None
    ) -> tuple[list[Delivery], Position | None]:
        """An owner's deliveries that were given up, newest first, and where the list goes on (it may lag behind)."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": _INDEX,
            "KeyConditionExpression": "#listed = :listed AND #since >= :since",
            "ExpressionAttributeNames": {"#listed": _LISTED, "#since": _SINCE},
            "ExpressionAttributeValues": attributes(
                {":listed": _given_up(owner), ":since": to_text(since) if since else "0"}
            ),
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after:
            request["ExclusiveStartKey"] = attributes(
                {
                    "pk": _PREFIX + after.job_id,
                    _LISTED: _given_up(owner),
                    _SINCE: after.created_at,
                }
            )
        answer = self._dynamodb.query(**request)
        last = answer.get("LastEvaluatedKey")
        following = (
            Position(last[_SINCE]["S"], last["pk"]["S"].removeprefix(_PREFIX)) if last else None
        )
        return self._get_all([item["pk"]["S"] for item in answer["Items"]]), following

    def _get_all(self, keys: list[str]) -> list[Delivery]:
        found: dict[str, Delivery] = {}
        for start in range(0, len(keys), _MOST_AT_ONCE):
            some = [{"pk": {"S": key}} for key in keys[start : start + _MOST_AT_ONCE]]
            wanted = {self._table: {"Keys": some}}
            while wanted:
                answer = self._dynamodb.batch_get_item(RequestItems=wanted)  # type: ignore[arg-type]
                for item in answer["Responses"].get(self._table, []):
                    found[item["pk"]["S"]] = model_of(Delivery, item)
                wanted = answer["UnprocessedKeys"]  # type: ignore[assignment]
        return [found[key] for key in keys if key in found and found[key].status == "exhausted"]


def _is_free(now: datetime) -> ConditionBase:
    """Whether nobody is at it, or whoever was has died."""
    busy = Attr("busy_until")
    free: ConditionBase = busy.not_exists() | busy.lte(to_text(now))
    return free


def _given_up(owner: str) -> str:
    return f"exhausted#{owner}"
