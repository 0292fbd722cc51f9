"""The ports' implementations: in memory, and on a table and a bucket of the emulator."""

import secrets
from typing import Any

import pytest

from faceswap.store.admission import AdmissionStore
from faceswap.store.budget import BudgetStore
from faceswap.store.callback_secrets import CallbackSecretStore
from faceswap.store.deliveries import DeliveryStore
from faceswap.store.executions import ExecutionStore
from faceswap.store.inbox import InboxStore
from faceswap.store.job_lists import JobListStore
from faceswap.store.jobs import JobStore
from faceswap.store.keys import KeyStore
from faceswap.store.media import MediaStore
from faceswap.store.multipart import MultipartStore
from faceswap.store.queue import QueueStore
from faceswap.store.rates import RateStore
from faceswap.store.requests import RequestStore
from faceswap.store.slots import OwnerSlotStore, SlowReceiverStore
from faceswap.store.uploads import UploadStore
from faceswap.store.usage import UsageStore
from tests.fakes import (
    FakeAdmission,
    FakeCounters,
    FakeDeliveries,
    FakeExecutions,
    FakeInbox,
    FakeJobs,
    FakeKeys,
    FakeMedia,
    FakeMultipart,
    FakeOwnerSlots,
    FakeQueue,
    FakeRates,
    FakeRequests,
    FakeSecretNumbers,
    FakeSlowReceivers,
    FakeUploads,
)
from tests.support.stores import RATE, SLOTS, Stores
from tests.support.tables_of_jobs import new_table


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.stack)])
def stores(request: pytest.FixtureRequest) -> Stores:
    """The stores, empty."""
    if request.param == "fake":
        counted, media = FakeCounters(), FakeMedia()
        jobs, uploads = FakeJobs(counted=counted), FakeUploads(counted=counted)
        return Stores(
            jobs,
            jobs,
            FakeRequests(jobs, uploads),
            uploads,
            media,
            FakeMultipart(media),
            FakeAdmission(SLOTS),
            FakeQueue(jobs),
            FakeExecutions(),
            FakeDeliveries(),
            FakeOwnerSlots(SLOTS),
            FakeSlowReceivers(SLOTS),
            FakeSecretNumbers(),
            FakeInbox(),
            FakeKeys(),
            counted,
            counted,
            FakeRates(RATE),
        )
    world: Any = request.getfixturevalue("world")
    dynamodb, table = world.aws("dynamodb"), new_table(world, f"contract-{secrets.token_hex(4)}")
    return Stores(
        JobStore(dynamodb, table),
        JobListStore(dynamodb, table),
        RequestStore(dynamodb, table),
        UploadStore(dynamodb, table),
        MediaStore(world.aws("s3"), world.stack.media_bucket),
        MultipartStore(world.aws("s3"), world.stack.media_bucket),
        AdmissionStore(dynamodb, table, SLOTS),
        QueueStore(dynamodb, table),
        ExecutionStore(world.aws("stepfunctions"), world.stack.outputs["StateMachineArn"]),
        DeliveryStore(dynamodb, table, 365),
        OwnerSlotStore(dynamodb, table, SLOTS),
        SlowReceiverStore(dynamodb, table, SLOTS),
        CallbackSecretStore(dynamodb, table),
        InboxStore(dynamodb, table),
        KeyStore(dynamodb, table),
        UsageStore(dynamodb, table),
        BudgetStore(dynamodb, table),
        RateStore(dynamodb, table, RATE),
    )
