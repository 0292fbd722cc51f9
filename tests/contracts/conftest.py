"""The ports' implementations: in memory, and on a table and a bucket of the emulator."""

import secrets
from typing import Any

import pytest

from faceswap.store.callback_secrets import CallbackSecretStore
from faceswap.store.deliveries import DeliveryStore
from faceswap.store.executions import ExecutionStore
from faceswap.store.inbox import InboxStore
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from faceswap.store.slots import OwnerSlotStore, SlotStore
from faceswap.store.uploads import UploadStore
from tests.fakes import (
    FakeDeliveries,
    FakeExecutions,
    FakeInbox,
    FakeJobs,
    FakeMedia,
    FakeOwnerSlots,
    FakeSecretNumbers,
    FakeSlots,
    FakeUploads,
)
from tests.support.stores import Stores
from tests.support.tables_of_jobs import new_table

SLOTS = 2


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.stack)])
def stores(request: pytest.FixtureRequest) -> Stores:
    """The stores, empty."""
    if request.param == "fake":
        return Stores(
            FakeJobs(),
            FakeUploads(),
            FakeMedia(),
            FakeSlots(SLOTS),
            FakeExecutions(),
            FakeDeliveries(),
            FakeOwnerSlots(SLOTS),
            FakeSecretNumbers(),
            FakeInbox(),
        )
    world: Any = request.getfixturevalue("world")
    dynamodb, table = world.aws("dynamodb"), new_table(world, f"contract-{secrets.token_hex(4)}")
    return Stores(
        JobStore(dynamodb, table),
        UploadStore(dynamodb, table),
        MediaStore(world.aws("s3"), world.stack.media_bucket),
        SlotStore(dynamodb, table, SLOTS),
        ExecutionStore(world.aws("stepfunctions"), world.stack.outputs["StateMachineArn"]),
        DeliveryStore(dynamodb, table, 365),
        OwnerSlotStore(dynamodb, table, SLOTS),
        CallbackSecretStore(dynamodb, table),
        InboxStore(dynamodb, table),
    )
