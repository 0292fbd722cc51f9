"""One real stack of the sample for all tests here that need AWS."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from local.stack import Stack, down, up
from tests.support.sampled import NO_PROVIDER, SAMPLE, Sampled


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="session")
def stack(work: Path) -> Iterator[Stack]:
    yield up(work, provider_base_url=NO_PROVIDER, template=SAMPLE, say=lambda _: None)
    down(work)


@pytest.fixture(scope="session")
def sampled(stack: Stack, work: Path) -> Iterator[Sampled]:
    with httpx.Client(base_url=stack.api_url, timeout=30) as http:
        yield Sampled(stack, work, http)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], bool]:
    """Look until something is there, at most two minutes."""

    def look_until(look: Callable[[], object]) -> bool:
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            if look():
                return True
            time.sleep(0.05)
        return False

    return look_until
