"""Both clients of `clients/python` behind one face, on a service in memory and a time that is not the clock's."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any

import httpx

from faceswap_adapter import AsyncClient, AsyncJobHandle, Client
from tests.support.client_service import Service

API = "https://api.example/base"
GOOD = "good"
DRIVERS = ("sync", "async")


class Time:
    """Passes only when somebody sleeps, and writes down how long."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def clock(self) -> float:
        return self.now


def driven(
    kind: str,
    service: Service,
    time: Time,
    *,
    token: Any = GOOD,
    store: Path | None = None,
    random: float = 0.5,
) -> Any:
    """A client of this kind; the asynchronous one is run to the end with each call."""
    transport = httpx.MockTransport(service.answer)
    if kind == "sync":
        return Client(
            API,
            token,
            store=store,
            http=httpx.Client(transport=transport),
            sleep=time.sleep,
            clock=time.clock,
            random=lambda: random,
        )
    return _Awaited(
        AsyncClient(
            API,
            token,
            store=store,
            http=httpx.AsyncClient(transport=transport),
            sleep=time.sleep_async,
            clock=time.clock,
            random=lambda: random,
        )
    )


class _Awaited:
    """Something asynchronous, used as if it were not."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return self._awaited(value) if inspect.ismethod(value) else value

    def __iter__(self) -> Any:
        return iter(asyncio.run(_all(self._inner)))

    def _awaited(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*arguments: Any, **named: Any) -> Any:
            given = method(*arguments, **named)
            found = asyncio.run(_all(given) if hasattr(given, "__aiter__") else _one(given))
            return _Awaited(found) if isinstance(found, AsyncJobHandle) else found

        return call


async def _one(given: Coroutine[Any, Any, Any]) -> Any:
    return await given


async def _all(given: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in given]
