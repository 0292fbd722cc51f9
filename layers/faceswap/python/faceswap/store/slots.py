"""Slots of each owner: leases by job id on one item, each taken and given back in one conditional write."""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from faceswap.rules.times import to_text
from faceswap.store.dynamodb_items import attributes
from faceswap.store.expressions import Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_OWNER = "callback_slots#"


class OwnerSlotStore:
    """Slots of each owner, on items of their own."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, size: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._size = size

    def of(self, owner: str) -> "SlotStore":
        """The slots of an owner, leased by job id."""
        return SlotStore(self._dynamodb, self._table, self._size, _OWNER + owner)


class SlowReceiverStore:
    """Slots of each receiver that did not answer in time, on items of their own; an address is kept as a hash."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, size: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._size = size

    def of(self, address: str, now: datetime) -> "SlotStore | None":
        """The slots of a receiver that counts as slow; None for any other."""
        pk = _receiver_pk(address)
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}}, ConsistentRead=True
        )
        slow_until = answer.get("Item", {}).get("slow_until", {}).get("S", "")
        if slow_until <= to_text(now):
            return None
        return SlotStore(self._dynamodb, self._table, self._size, pk)

    def note_late(self, address: str, until: datetime) -> None:
        """Note that a receiver did not answer in time: it counts as slow until then."""
        known = Attr("slow_until")
        noted = Update(known.not_exists() | known.lt(to_text(until)))
        noted.set("slow_until", to_text(until)).set("ttl", int(until.timestamp()))
        noted.set_if_absent("leases", {}).set_if_absent("pace", {})
        try:
            self._dynamodb.update_item(**noted.request(self._table, _receiver_pk(address)))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # somebody noted a later one


def _receiver_pk(address: str) -> str:
    return _OWNER + "at#" + sha256(address.encode()).hexdigest()


class SlotStore:
    """Some slots. A lease that nobody gives back ends by itself."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, size: int, pk: str) -> None:
        """`size` leases at once, on the item with the key `pk`."""
        self._dynamodb = dynamodb
        self._table = table
        self._size = size
        self._pk = pk

    def take(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Lease a slot for a job, or prolong the one it has. Whether there was room."""
        if self._take(job_id, until):
            return True
        self._make_room(now)
        return self._take(job_id, until)

    def give_back(self, job_id: str) -> bool:
        """End a job's lease. Whether it had one."""
        lease = f"leases.{job_id}"
        given_back = Update(Attr(lease).exists()).remove(lease)
        try:
            self._dynamodb.update_item(**given_back.request(self._table, self._pk))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _holders(self) -> dict[str, str]:
        """The jobs that hold a lease, and until when (RFC 3339)."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": self._pk}}, ConsistentRead=True
        )
        leases = answer.get("Item", {}).get("leases", {}).get("M", {})
        return {job_id: until["S"] for job_id, until in leases.items()}

    def _take(self, job_id: str, until: datetime) -> bool:
        leases, lease = Attr("leases"), f"leases.{job_id}"
        has_room = leases.exists() & (Attr(lease).exists() | leases.size().lt(self._size))
        taken = Update(has_room).set(lease, to_text(until))
        try:
            self._dynamodb.update_item(**taken.request(self._table, self._pk))
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _make_room(self, now: datetime) -> None:
        """Make the item if there is none yet, and end leases that are over."""
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=attributes({"pk": self._pk, "leases": {}}),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            over = [job_id for job_id, until in self._holders().items() if until <= to_text(now)]
            for job_id in over:
                self.give_back(job_id)
