"""Doing the next pieces of work while the last one is used."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

_STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.1


class _End:
    """The last entry: nothing more comes, perhaps because of an error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Producer(Generic[T]):
    """A thread that fills a queue until it is told to stop."""

    def __init__(self, items: Iterable[T], depth: int) -> None:
        self._items = items
        self._ready: queue.Queue[T | _End] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ahead", daemon=True)
        self._thread.start()

    def items(self) -> Iterator[T]:
        while not isinstance(entry := self._ready.get(), _End):
            yield entry
        if entry.error is not None:
            raise entry.error

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(_STOP_SECONDS)

    def _work(self) -> None:
        end = _End()
        try:
            for item in self._items:
                if not self._put(item):
                    return
        except BaseException as error:
            end = _End(error)
        self._put(end)

    def _put(self, entry: T | _End) -> bool:
        while not self._stopped.is_set():
            try:
                self._ready.put(entry, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False


@contextmanager
def ahead(items: Iterable[T], depth: int) -> Iterator[Iterator[T]]:
    """Iterate in a thread, at most `depth` items ahead; leaving the block ends the thread.

    What goes wrong there is raised where its item would have come.
    """
    producer = _Producer(items, depth)
    try:
        yield producer.items()
    finally:
        producer.stop()
