"""Forked processes, some at once, each with a bound on its time."""

import math
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

TOO_LONG = 1000
"""In the place of the exit code of a child that was stopped as it slept on; SIGXCPU kills one that computes on."""
_TIMEOUT_FACTOR = 10
_MEMORY = 4 * 2**30


BROKEN = 70
"""The exit code of a child whose task raised."""


class Task(NamedTuple):
    """What a child does (what it returns is its exit code), and the seconds of processor time that it has.

    If it sleeps on, it is stopped after ten times as long.
    """

    name: str
    work: Callable[[], int]
    seconds: float


def run_forked(tasks: Iterable[Task], at_once: int) -> Iterator[tuple[str, int]]:
    """Name and exit code of each task as it ends. None of the children outlives this iterator.

    Raises RuntimeError if a task raises.
    """
    waiting = iter(tasks)
    running: dict[int, tuple[str, float]] = {}
    try:
        while True:
            for task in islice(waiting, at_once - len(running)):
                running[_start(task)] = task.name, time.monotonic() + _TIMEOUT_FACTOR * task.seconds
            if not running:
                return
            for pid, (name, end) in list(running.items()):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    del running[pid]
                    code = os.waitstatus_to_exitcode(status)
                    if code == BROKEN:
                        raise RuntimeError(f"it went wrong in the process for {name}, see above")
                    yield name, code
                elif time.monotonic() > end:
                    _stop(pid)
                    del running[pid]
                    yield name, TOO_LONG
            time.sleep(0.01)
    finally:
        for pid in running:
            _stop(pid)


def _start(task: Task) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code, errors = BROKEN, os.dup(sys.stderr.fileno())
    try:
        # A group of its own: it is stopped with all that it started.
        os.setsid()
        seconds = math.ceil(task.seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        code = task.work()
    except BaseException:
        os.write(errors, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _stop(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
