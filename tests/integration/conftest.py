"""Use cases on a table and a bucket of the emulator that no state machine looks after."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from faceswap.egress.download import HttpResultReader
from faceswap.provider.modelslab.client import ModelsLabClient
from faceswap.store.admission import AdmissionStore
from faceswap.store.budget import BudgetStore
from faceswap.store.deliveries import DeliveryStore
from faceswap.store.executions import ExecutionStore
from faceswap.store.inbox import InboxStore
from faceswap.store.job_lists import JobListStore
from faceswap.store.jobs import JobStore
from faceswap.store.media import MediaStore
from faceswap.store.multipart import MultipartStore
from faceswap.store.queue import QueueStore
from faceswap.store.uploads import UploadStore
from tests.support.servers import http_server
from tests.support.tables_of_jobs import new_table
from tests.support.use_cases import TABLE, Clock, Script, UseCases
from tests.support.world import World


@pytest.fixture
def use_cases_table(world: World) -> str:
    """A table for one test: what waits in the queue of another's is none of its."""
    return new_table(world, f"{TABLE}-{secrets.token_hex(4)}")


@pytest.fixture
def use_cases(world: World, use_cases_table: str) -> Iterator[UseCases]:
    """One test's use_cases."""
    clock, script, dynamodb = Clock(), Script(), world.aws("dynamodb")
    bucket: Any = world.stack.media_bucket
    arn: Any = world.stack.state_machine_arn
    with http_server(script) as server:
        yield UseCases(
            world=world,
            jobs=JobStore(dynamodb, use_cases_table),
            job_lists=JobListStore(dynamodb, use_cases_table),
            media=MediaStore(world.aws("s3"), bucket),
            multipart=MultipartStore(world.aws("s3"), bucket),
            uploads=UploadStore(dynamodb, use_cases_table),
            deliveries=DeliveryStore(dynamodb, use_cases_table, 365),
            inbox=InboxStore(dynamodb, use_cases_table),
            admission=AdmissionStore(dynamodb, use_cases_table, 10_000),
            queue=QueueStore(dynamodb, use_cases_table),
            executions=ExecutionStore(world.aws("stepfunctions"), arn),
            budgets=BudgetStore(dynamodb, use_cases_table),
            provider=ModelsLabClient(server.url, clock),
            reader=HttpResultReader(allow_loopback=True, max_bytes=50_000_000),
            clock=clock,
            script=script,
            results_at=server.url,
            server=server,
            table=use_cases_table,
        )
